//! Recordings: in, out, in parts, replaced, gone.

use std::io::Write;

use domain::{Timestamp, limits::RECORDING_SAMPLES};
use reqwest::Method;
use serde_json::{Value, json};
use server::recordings::Recordings;
use store::{
    jobs::{Payload, TidyAccount},
    objects,
};

use crate::{
    harness::{Answer, Harness, NOW, both_engines, call, wav},
    samples::flac,
};

const PATH: &str = "/api/v1/calls/c-1/recording";

async fn stock(at: &Harness) {
    at.stock().await;
    at.post("/api/v1/calls", &json!([call("c-1", "kh-1", "2026-11-04T09:00:00+07:00", 5_000, Some(3_000), "DY")]))
        .await
        .is(200);
}

/// A file of the audio crate's tests.
fn sound(name: &str) -> Vec<u8> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/audio/tests/data");
    std::fs::read(folder.join(name)).unwrap()
}

async fn upload(at: &Harness, media: &str, body: Vec<u8>) -> Answer {
    Answer::of(at.api(Method::PUT, PATH).header("content-type", media).body(body)).await
}

async fn part(at: &Harness, headers: &[(&str, &str)]) -> Answer {
    let request =
        headers.iter().fold(at.api(Method::GET, PATH), |request, (name, value)| request.header(*name, *value));
    Answer::of(request).await
}

both_engines! {
    async fn a_recording_comes_back_and_the_call_knows_it(at) {
        stock(at).await;
        at.get(PATH).await.is_problem(404);
        let file = wav(3);
        let stored = upload(at, "audio/wav", file.clone()).await.is(201).json();
        assert_eq!(stored, json!({"content_type": "audio/wav", "bytes": file.len(), "duration": 3_000}));
        let back = at.get(PATH).await.is(200);
        assert!(back.bytes == file);
        assert_eq!(back.header("content-type"), "audio/wav");
        assert_eq!(back.header("content-length"), file.len().to_string());
        assert_eq!((back.header("accept-ranges"), back.header("content-encoding")), ("bytes", ""));
        assert!(back.header("content-security-policy").contains("sandbox"));
        assert_eq!(at.get("/api/v1/calls/c-1").await.json()["recording"], stored);
        let listed = at.get("/api/v1/campaigns/tet/calls?recorded=true").await.json();
        assert_eq!(listed["calls"][0]["recording"], stored);

        let head = Answer::of(at.api(Method::HEAD, PATH)).await.is(200);
        assert_eq!((head.header("content-length"), head.bytes.len()), (file.len().to_string().as_str(), 0));
        let download = at.get(&format!("{PATH}?download")).await.is(200);
        assert_eq!(download.header("content-disposition"), "attachment; filename=\"c-1.wav\"; filename*=UTF-8''c-1.wav");
    }

    async fn a_range_is_a_part_and_outside_is_416(at) {
        stock(at).await;
        let file = wav(1);
        upload(at, "audio/x-wav", file.clone()).await.is(201);
        let size = file.len();
        let tag = part(at, &[]).await.header("etag").to_owned();
        assert!(tag.starts_with('"'), "a strong tag: {tag}");
        for (range, from, to) in [
            ("bytes=0-0", 0, 1),
            ("bytes=100-199", 100, 200),
            ("bytes=100-", 100, size),
            ("bytes=-100", size - 100, size),
            ("bytes=0-99999999", 0, size),
        ] {
            let answer = part(at, &[("range", range)]).await.is(206);
            assert!(answer.bytes == file[from..to], "{range}");
            assert_eq!(answer.header("content-range"), format!("bytes {from}-{}/{size}", to - 1), "{range}");
            assert_eq!(answer.header("content-length"), (to - from).to_string());
        }
        for range in ["bytes=a-b", "bytes=0-1,5-6", "lines=0-1", "bytes=5-4"] {
            let answer = part(at, &[("range", range)]).await.is(200);
            assert_eq!(answer.bytes.len(), size, "{range}");
        }
        for range in [format!("bytes={size}-"), "bytes=-0".to_owned()] {
            let answer = part(at, &[("range", &range)]).await;
            answer.is_problem(416);
            assert_eq!(answer.header("content-range"), format!("bytes */{size}"));
        }
        let same = part(at, &[("range", "bytes=0-9"), ("if-range", &tag)]).await.is(206);
        assert_eq!(same.bytes.len(), 10);
        for other in ["\"other\"", "Sun, 22 Nov 2026 08:00:00 GMT"] {
            assert_eq!(part(at, &[("range", "bytes=0-9"), ("if-range", other)]).await.is(200).bytes.len(), size);
        }
        assert!(part(at, &[("if-none-match", &tag)]).await.is(304).bytes.is_empty());
        let head = Answer::of(at.api(Method::HEAD, PATH).header("range", "bytes=5-9")).await.is(206);
        assert_eq!(head.header("content-length"), "5");
    }

    async fn a_new_recording_replaces_the_old_one(at) {
        stock(at).await;
        upload(at, "audio/wav", wav(1)).await.is(201);
        let old = part(at, &[]).await.header("etag").to_owned();
        upload(at, "audio/wav", wav(2)).await.is(200);
        let new = part(at, &[("range", "bytes=0-9"), ("if-range", &old)]).await.is(200);
        assert_ne!(new.header("etag"), old);
        assert!(new.bytes == wav(2));
        Answer::of(at.api(Method::DELETE, PATH)).await.is(204);
        Answer::of(at.api(Method::DELETE, PATH)).await.is_problem(404);
        at.get(PATH).await.is_problem(404);
        assert_eq!(at.get("/api/v1/calls/c-1").await.json()["recording"], Value::Null);
    }

    async fn what_is_not_audio_is_refused_whatever_it_is_called(at) {
        stock(at).await;
        let html = b"<html><script>alert(1)</script></html>".to_vec();
        upload(at, "text/html", html.clone()).await.is_problem(415);
        upload(at, "audio/wav", html).await.names(422, "body");
        upload(at, "audio/wav", Vec::new()).await.names(422, "body");
        upload(at, "audio/mpeg", vec![0; 100_000]).await.names(422, "body");
        upload(at, "audio/wav", wav(1)[..44].to_vec()).await.names(422, "body");
        let mut without_rate = wav(1);
        without_rate[24..28].fill(0);
        upload(at, "audio/wav", without_rate).await.names(422, "body");
        // A file of a few bytes that says it would take days to listen to.
        let reason = upload(at, "audio/flac", flac(RECORDING_SAMPLES + 1, 800, 10)).await.names(422, "body");
        assert!(reason.contains(&RECORDING_SAMPLES.to_string()) && reason.contains("12 hours"), "{reason}");
        upload(at, "audio/flac", flac(0, 800, 10)).await.is(201);
        Answer::of(at.api(Method::DELETE, PATH)).await.is(204);
        // It is stored as what it is, not as what it is called.
        let stored = upload(at, "audio/mpeg", wav(1)).await.is(201).json();
        assert_eq!(stored["content_type"], "audio/wav");
        let missing = at.api(Method::PUT, "/api/v1/calls/none/recording").header("content-type", "audio/wav").body(wav(1));
        Answer::of(missing).await.is_problem(404);
        let long = at.api(Method::PUT, PATH).header("content-type", "audio/wav").header("content-length", "536870913");
        // Only the header is sent: the answer must not wait for 512 MiB.
        let body = reqwest::Body::wrap_stream(futures::stream::pending::<Result<Vec<u8>, std::io::Error>>());
        Answer::of(long.body(body)).await.is_problem(413);
    }

    async fn recordings_of_telephony_are_kept_as_sent_and_played_as_wav(at) {
        stock(at).await;
        at.user("lan@cty.vn", domain::Role::Viewer).await;
        let cookie = at.sign_in("lan@cty.vn").await;
        let files = || {
            let folder = at.folder.path().join(format!("recordings/{}", at.scope.account()));
            // The last file takes its folder with it.
            std::fs::read_dir(folder).map_or(0, Iterator::count)
        };
        // The name of the file, or the media type, says what has no header.
        for (name, query, media, stored_as, ending, duration) in [
            ("gsm.wav", "", "audio/wav", "audio/wav", "wav", 520),
            ("speech.gsm", "?name=17618904.7.gsm", "application/octet-stream", "audio/gsm", "gsm", 500),
            ("speech.g722", "", "audio/g722", "audio/g722", "g722", 500),
            ("speech.ulaw", "", "audio/basic", "audio/pcmu", "ulaw", 500),
            ("speech.alaw", "?name=a.alaw", "audio/x-unknown", "audio/pcma", "alaw", 500),
            ("speech.sln", "?name=a.sln", "audio/basic", "audio/x-sln", "sln", 500),
        ] {
            let file = sound(name);
            let put = at.api(Method::PUT, &format!("{PATH}{query}")).header("content-type", media).body(file.clone());
            let stored = Answer::of(put).await.json();
            assert_eq!(stored, json!({"content_type": stored_as, "bytes": file.len(), "duration": duration}), "{name}");
            assert_eq!(files(), 2, "{name}: what was sent, and what is played; those before are gone");
            let sent = at.get(PATH).await.is(200);
            assert!(sent.bytes == file && sent.header("content-type") == stored_as, "{name}");
            for path in [format!("{PATH}?download"), format!("{PATH}?playable&download")] {
                let download = at.get(&path).await.is(200);
                assert!(download.bytes == file, "{name}");
                assert!(download.header("content-disposition").contains(&format!("c-1.{ending}")), "{name}");
            }
            let played = at.get(&format!("{PATH}?playable")).await.is(200);
            assert_eq!((played.header("content-type"), &played.bytes[..4]), ("audio/wav", b"RIFF".as_slice()), "{name}");
            assert_ne!(played.header("etag"), sent.header("etag"), "{name}");
            // Pages play the same, and parts of it.
            let page = Answer::of(at.signed(Method::GET, "/calls/c-1/recording", &cookie)).await.is(200);
            assert!(page.bytes == played.bytes, "{name}");
            let end = at.signed(Method::GET, "/calls/c-1/recording", &cookie).header("range", "bytes=-100");
            let end = Answer::of(end).await.is(206);
            let size = played.bytes.len();
            assert!(end.bytes == played.bytes[size - 100..], "{name}");
            assert_eq!(end.header("content-range"), format!("bytes {}-{}/{size}", size - 100, size - 1), "{name}");
            let download = at.signed(Method::GET, "/calls/c-1/recording?download", &cookie);
            assert!(Answer::of(download).await.is(200).bytes == file, "{name}");
        }
        Answer::of(at.api(Method::DELETE, PATH)).await.is(204);
        assert_eq!(files(), 0);
    }

    async fn a_refusal_says_which_format_it_was(at) {
        stock(at).await;
        let reason = upload(at, "audio/ogg", sound("speex.ogg")).await.names(422, "body");
        assert!(reason.contains("Speex"), "{reason}");
        let reason = upload(at, "audio/mp4", sound("alac.m4a")).await.names(422, "body");
        assert!(reason.contains("Apple Lossless"), "{reason}");
        let reason = upload(at, "audio/wav", b"<html><body>404 Not Found</body></html>".to_vec()).await.names(422, "body");
        assert!(reason.contains("text"), "{reason}");
    }

    async fn what_a_killed_process_stored_of_an_upload_is_deleted_after_a_day(at) {
        stock(at).await;
        let account = at.scope.account();
        let files = || {
            let folder = std::fs::read_dir(at.folder.path().join(format!("recordings/{account}"))).unwrap();
            folder.map(|file| file.unwrap().file_name().into_string().unwrap()).collect::<Vec<_>>()
        };
        upload(at, "audio/wav", wav(1)).await.is(201);
        let kept = files();
        // So far came one that was killed before the database had it, and another in the middle of its file.
        for is_whole in [true, false] {
            let mut conn = at.server.db.write().await.unwrap();
            let name = Recordings::new_name(account);
            objects::loosen(&mut conn, &at.scope, &name, Timestamp(NOW)).await.unwrap();
            conn.commit().await.unwrap();
            let mut file = tempfile::tempfile().unwrap();
            file.write_all(&wav(1)).unwrap();
            if is_whole {
                at.server.context.recordings.put(&name, file).await.unwrap();
            } else {
                std::fs::write(at.folder.path().join(format!("recordings/{name}#1")), "half").unwrap();
            }
        }
        at.run_due(TidyAccount::KIND).await;
        assert_eq!(files().len(), 3, "it may still be at work");
        at.pass(objects::LOOSE_MS + 1);
        at.run_due(TidyAccount::KIND).await;
        assert_eq!(files(), kept);
        assert!(at.get(PATH).await.is(200).bytes == wav(1));
    }

    async fn a_signed_in_person_plays_it_and_sees_its_waveform(at) {
        stock(at).await;
        upload(at, "audio/wav", wav(3)).await.is(201);
        at.user("lan@cty.vn", domain::Role::Viewer).await;
        let cookie = at.sign_in("lan@cty.vn").await;
        let get = async |path: &str| Answer::of(at.signed(Method::GET, path, &cookie)).await;
        assert!(get("/calls/c-1/recording").await.is(200).bytes == wav(3));
        let part = at.signed(Method::GET, "/calls/c-1/recording", &cookie).header("range", "bytes=0-1");
        assert_eq!(Answer::of(part).await.is(206).bytes, b"RI");
        let peaks = get("/calls/c-1/peaks").await.is(200).json();
        let side = |n: usize| peaks[n].as_array().unwrap().iter().map(|peak| peak.as_f64().unwrap()).collect::<Vec<_>>();
        let (left, right) = (side(0), side(1));
        assert!((700..=800).contains(&left.len()), "{}", left.len());
        assert!(left[left.len() / 10] < 0.2 && left[left.len() * 9 / 10] > 0.7);
        assert!(right.iter().all(|peak| *peak == 0.0));
        get("/calls/none/peaks").await.is_problem(404);
        let csv = get("/campaigns/tet/calls.csv?class=success").await.is(200);
        assert_eq!(csv.text().lines().count(), 2);
        get("/campaigns/none/calls.csv").await.is_problem(404);
    }
}
