//! What a PostgreSQL that is gone, full, locked or read-only looks like from outside; as `faults.rs`.

use domain::Role;
use reqwest::Method;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

use crate::{
    disks::Cluster,
    faults::{
        batch, is_not_ready, is_ready, is_unavailable, put_voicebot, stored_calls, until_refused, voicebots,
        writing_is_busy_and_reading_is_not,
    },
    harness::{Answer, Harness, PostgresDatabase, run},
    proxy::{Mode, Proxy},
};

/// Sends the batch that comes after so many.
async fn next_batch(at: &Harness, batches: u64) -> Answer {
    at.post("/api/v1/calls", &batch(&format!("c-{batches}"), 250)).await
}

/// Whether the machine has no user namespaces, in which the disk of a cluster is small, and whoever runs the tests knows of it.
fn is_left_out(cluster: &Cluster) -> bool {
    // What the error becomes is tried by a trigger, too.
    let is_known = cluster.is_small || std::env::var_os("RINGSIDE_TEST_WITHOUT_NAMESPACES").is_some();
    assert!(is_known, "no user namespaces here; RINGSIDE_TEST_WITHOUT_NAMESPACES=1 does without this test");
    !cluster.is_small
}

/// Of six batches of 200, named `name`-0 and so on, whose answers are these while the database went away, each is there
/// whole or not at all, and all that were answered with 200. All of them sent once more, all are there.
async fn six_batches_are_whole(at: &Harness, name: &str, sent: &[Answer], before: u64) {
    let stored = sent.iter().filter(|answer| answer.status == 200).count() as u64;
    for answer in sent.iter().filter(|answer| answer.status != 200) {
        is_unavailable(answer);
    }
    // Of a batch whose commit was under way nobody can say whether it is there.
    let now = stored_calls(at).await - before;
    assert!(now.is_multiple_of(200) && (stored * 200..=1_200).contains(&now), "{stored} answered, {now} there");
    for n in 0..6 {
        at.post("/api/v1/calls", &batch(&format!("{name}-{n}"), 200)).await.is(200);
    }
    assert_eq!(stored_calls(at).await, before + 1_200);
}

/// HOST:PORT of an address, and the address with another.
fn by_way_of(address: &str, other: &str) -> (String, String) {
    let (before, rest) = address.split_once('@').unwrap();
    let (host, name) = rest.split_once('/').unwrap();
    (host.to_owned(), format!("{before}@{other}/{name}"))
}

#[test]
fn postgres_that_is_gone_is_said_and_found_again() {
    run(async {
        let database = PostgresDatabase::create().await;
        let (upstream, _) = by_way_of(&database.address, "");
        let proxy = Proxy::start("127.0.0.1:0", &upstream).await;
        let (_, address) = by_way_of(&database.address, &proxy.address.to_string());
        let at = Harness::start(&address, tempfile::tempdir().unwrap(), &[]).await;
        at.stock().await;
        at.user("chu@cty.vn", Role::Owner).await;
        let cookie = at.sign_in("chu@cty.vn").await;
        is_ready(&at).await;
        for mode in [Mode::Drop, Mode::Stall] {
            // Some batches are under way when it goes.
            let before = stored_calls(&at).await;
            let name = format!("{mode:?}");
            let sent = futures::future::join_all((0..6).map(|n| {
                let (at, proxy, batch) = (&at, &proxy, batch(&format!("{name}-{n}"), 200));
                async move {
                    let answer = at.post("/api/v1/calls", &batch).await;
                    // The first that is stored takes the database away from the others.
                    proxy.set(Mode::Drop);
                    answer
                }
            }));
            let sent = sent.await;
            proxy.set(mode);
            is_not_ready(&at, "the database").await;
            if mode == Mode::Drop {
                is_unavailable(&put_voicebot(&at, "b").await);
                is_unavailable(&at.get("/api/v1/voicebots").await);
                let page = at.signed(Method::GET, "/campaigns", &cookie).header("accept", "text/html");
                let page = Answer::of(page).await.is(503);
                assert!(page.header("content-type").starts_with("text/html"));
                assert!(page.text().contains("Hệ thống đang bận"), "{}", page.text());
                assert_ne!(page.header("retry-after"), "");
            }
            proxy.set(Mode::Pass);
            is_ready(&at).await;
            six_batches_are_whole(&at, &name, &sent, before).await;
        }
        put_voicebot(&at, "b").await.is(201);
        at.server.db.close().await;
        database.remove().await;
    });
}

#[test]
fn postgres_that_is_full_or_read_only_is_said_and_found_again() {
    run(async {
        let database = PostgresDatabase::create().await;
        let at = Harness::start(&database.address, tempfile::tempdir().unwrap(), &[]).await;
        let name = database.address.rsplit('/').next().unwrap();
        let mut other = PgConnection::connect(&database.address).await.unwrap();
        put_voicebot(&at, "a").await.is(201);

        let full = "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END $$;
            CREATE TRIGGER no_room BEFORE INSERT ON voicebots FOR EACH ROW EXECUTE FUNCTION no_room()";
        sqlx::raw_sql(full).execute(&mut other).await.unwrap();
        put_voicebot(&at, "b").await.is_problem(507);
        assert_eq!(voicebots(&at).await, 1);
        // What has no code of its own, but the system's words.
        let broken = "CREATE OR REPLACE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION 'could not create file: No space left on device' USING ERRCODE = 'XX000'; END $$";
        sqlx::raw_sql(broken).execute(&mut other).await.unwrap();
        put_voicebot(&at, "b").await.is_problem(507);
        other.execute("DROP TRIGGER no_room ON voicebots").await.unwrap();
        put_voicebot(&at, "b").await.is(201);

        // As after a fail-over to a standby: the connections are gone, and new ones may only read.
        let others = "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid()";
        let alter = format!("ALTER DATABASE {name} SET default_transaction_read_only = on");
        other.execute(AssertSqlSafe(alter)).await.unwrap();
        other.execute(others).await.unwrap();
        is_unavailable(&put_voicebot(&at, "c").await);
        is_not_ready(&at, "the database cannot be written to").await;
        assert_eq!(voicebots(&at).await, 2);
        let alter = format!("ALTER DATABASE {name} RESET default_transaction_read_only");
        other.execute(AssertSqlSafe(alter)).await.unwrap();
        other.execute(others).await.unwrap();
        is_ready(&at).await;
        put_voicebot(&at, "c").await.is(201);
        assert_eq!(voicebots(&at).await, 3);
        other.close().await.unwrap();
        at.server.db.close().await;
        database.remove().await;
    });
}

/// Whatever ends a session before it begins, the database is gone to us.
#[test]
fn postgres_that_lets_nobody_in_is_said_and_found_again() {
    run(async {
        let database = PostgresDatabase::create().await;
        let at = Harness::start(&database.address, tempfile::tempdir().unwrap(), &[]).await;
        put_voicebot(&at, "a").await.is(201);
        let (server, name) = database.address.rsplit_once('/').unwrap();
        let mut other = PgConnection::connect(&format!("{server}/postgres")).await.unwrap();
        let alter = |lets: bool| AssertSqlSafe(format!("ALTER DATABASE {name} ALLOW_CONNECTIONS {lets}"));
        other.execute(alter(false)).await.unwrap();
        let end = format!("SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE datname = '{name}'");
        other.execute(AssertSqlSafe(end)).await.unwrap();
        is_unavailable(&put_voicebot(&at, "b").await);
        is_unavailable(&at.get("/api/v1/voicebots").await);
        is_not_ready(&at, "the database does not answer").await;
        other.execute(alter(true)).await.unwrap();
        is_ready(&at).await;
        put_voicebot(&at, "b").await.is(201);
        assert_eq!(voicebots(&at).await, 2);
        other.close().await.unwrap();
        at.server.db.close().await;
        database.remove().await;
    });
}

#[test]
fn postgres_whose_rows_somebody_else_has_locked_is_busy() {
    run(async {
        let database = PostgresDatabase::create().await;
        let at = Harness::start(&database.address, tempfile::tempdir().unwrap(), &[]).await;
        let mut other = PgConnection::connect(&database.address).await.unwrap();
        let mut lock = other.begin().await.unwrap();
        lock.execute("SELECT * FROM accounts FOR UPDATE").await.unwrap();
        writing_is_busy_and_reading_is_not(&at).await;
        lock.rollback().await.unwrap();
        put_voicebot(&at, "a").await.is(201);
        other.close().await.unwrap();
        at.server.db.close().await;
        database.remove().await;
    });
}

/// As [`Harness`] on a PostgreSQL of its own.
async fn on_its_own(cluster: &Cluster) -> Harness {
    let at = Harness::start(&cluster.address(), tempfile::tempdir().unwrap(), &[]).await;
    at.stock().await;
    at
}

#[test]
fn postgres_without_room_for_its_tables_is_said_and_with_room_all_works_again() {
    run(async {
        let mut cluster = Cluster::start();
        if is_left_out(&cluster) {
            return;
        }
        let at = on_its_own(&cluster).await;
        at.post("/api/v1/calls", &batch("before", 250)).await.is(200);
        is_ready(&at).await;
        cluster.fill();
        let (batches, refused) = until_refused(async |batches| next_batch(&at, batches).await).await;
        refused.is_problem(507);
        is_not_ready(&at, "the disk of the database has no room").await;
        is_not_ready(&at, "the disk of the database has no room").await;
        assert_eq!(stored_calls(&at).await, (1 + batches) * 250, "nothing is half stored, and what is there is read");
        cluster.empty();
        is_ready(&at).await;
        next_batch(&at, batches).await.is(200);
        assert_eq!(stored_calls(&at).await, (2 + batches) * 250);
        at.server.db.close().await;
    });
}

/// Its log has no room either: it ends, and begins again once somebody has made room.
#[test]
fn postgres_without_room_for_anything_is_said_and_found_again() {
    run(async {
        let mut cluster = Cluster::start_on_one_disk();
        if is_left_out(&cluster) {
            return;
        }
        let at = on_its_own(&cluster).await;
        at.post("/api/v1/calls", &batch("before", 250)).await.is(200);
        is_ready(&at).await;
        cluster.fill();
        let (batches, refused) = until_refused(async |batches| next_batch(&at, batches).await).await;
        let is_honest = |answer: &Answer| answer.status == 503 || answer.status == 507;
        assert!(is_honest(&refused), "{refused:?}");
        // What is small may find room yet.
        for _ in 0..3 {
            is_not_ready(&at, "the d").await;
            let answer = next_batch(&at, batches).await;
            assert!(is_honest(&answer), "{answer:?}");
        }
        cluster.empty();
        tokio::task::block_in_place(|| cluster.go_on_if_it_ended());
        is_ready(&at).await;
        let stored = stored_calls(&at).await;
        assert!(stored == (1 + batches) * 250 || stored == (2 + batches) * 250, "{stored} after {batches}");
        next_batch(&at, batches).await.is(200);
        assert_eq!(stored_calls(&at).await, (2 + batches) * 250);
        at.server.db.close().await;
    });
}

#[test]
fn postgres_that_is_stopped_and_started_again_is_said_and_found_again() {
    run(async {
        let mut cluster = Cluster::start();
        let at = on_its_own(&cluster).await;
        let sent = futures::future::join_all((0..6).map(|n| {
            let at = &at;
            async move { at.post("/api/v1/calls", &batch(&format!("c-{n}"), 200)).await }
        }));
        let (sent, ()) = futures::join!(sent, async {
            // While the others are stored.
            while stored_calls(&at).await == 0 {}
            tokio::task::block_in_place(|| cluster.stop());
        });
        let said =
            futures::join!(is_not_ready(&at, "the database"), put_voicebot(&at, "b"), at.get("/api/v1/voicebots"));
        is_unavailable(&said.1);
        is_unavailable(&said.2);
        tokio::task::block_in_place(|| cluster.go_on());
        is_ready(&at).await;
        six_batches_are_whole(&at, "c", &sent, 0).await;
        at.server.db.close().await;
    });
}

#[test]
fn a_connection_that_breaks_off_anywhere_in_a_batch_leaves_nothing_half_stored() {
    run(async {
        let database = PostgresDatabase::create().await;
        let (upstream, _) = by_way_of(&database.address, "");
        let proxy = Proxy::start("127.0.0.1:0", &upstream).await;
        let (_, address) = by_way_of(&database.address, &proxy.address.to_string());
        let at = Harness::start(&address, tempfile::tempdir().unwrap(), &[]).await;
        at.stock().await;
        let (mut is_refused, mut is_stored) = (false, false);
        // Until one gets through; a batch of 200 is some 100 kB.
        for (n, bytes) in (0..12).map(|n| 500 << n).enumerate() {
            let before = stored_calls(&at).await;
            proxy.cut_after(bytes);
            let answer = at.post("/api/v1/calls", &batch(&format!("c-{n}"), 200)).await;
            proxy.set(Mode::Pass);
            is_ready(&at).await;
            let added = stored_calls(&at).await - before;
            if answer.status == 200 {
                assert_eq!(added, 200);
                is_stored = true;
            } else {
                is_unavailable(&answer);
                is_refused = true;
                // Of a commit that was not answered nobody can say whether it happened.
                assert!(added == 0 || added == 200, "{added} after {bytes} bytes");
            }
            at.post("/api/v1/calls", &batch(&format!("c-{n}"), 200)).await.is(200);
            assert_eq!(stored_calls(&at).await, before + 200);
        }
        assert!(is_refused && is_stored);
        at.server.db.close().await;
        database.remove().await;
    });
}
