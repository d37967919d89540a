//! `ringside health`, which containers ask whether their server works.

use crate::{commands::program, crash::Serving, harness::run};

#[test]
fn the_server_is_asked_by_a_command_whether_it_is_ready() {
    run(async {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = tempfile::tempdir().unwrap();
        let recordings = folder.path().join("kept");
        let mut serve = program(folder.path(), &["serve"]);
        serve.env("RINGSIDE_RECORDINGS", format!("file://{}", recordings.display()));
        let serving = Serving::start_by(serve).await;
        let asked = async |address: &str| {
            let mut health = program(folder.path(), &["health"]);
            // A proxy is for addresses elsewhere.
            health.env("RINGSIDE_LISTEN", address).env("http_proxy", "http://127.0.0.1:9");
            tokio::task::spawn_blocking(move || health.output().unwrap()).await.unwrap()
        };
        let address = serving.url("");
        let address = address.strip_prefix("http://").unwrap();
        let port = address.split_once(':').unwrap().1;

        for address in [address.to_owned(), format!("0.0.0.0:{port}")] {
            let answer = asked(&address).await;
            assert!(answer.status.success(), "{}", String::from_utf8_lossy(&answer.stderr));
            assert_eq!(String::from_utf8_lossy(&answer.stdout), "ready\n");
        }

        // A file in the place of the folder of recordings.
        std::fs::remove_dir_all(&recordings).unwrap();
        std::fs::write(&recordings, "").unwrap();
        let answer = asked(address).await;
        assert_eq!(answer.status.code(), Some(1));
        assert!(String::from_utf8_lossy(&answer.stderr).starts_with("ringside: not ready: "), "{answer:?}");

        serving.kill();
        let answer = asked(address).await;
        assert_eq!(answer.status.code(), Some(1));
        assert!(String::from_utf8_lossy(&answer.stderr).contains("nothing answers"), "{answer:?}");
    });
}
