//! `ringside backup`.

use std::{path::Path, time::Duration};

use store::audit::{Action, Actor, Event, of_service};

use super::{Failure, open, progress};
use crate::{clock, settings::Settings};

pub(super) async fn run(settings: &Settings, file: &Path) -> Result<(), Failure> {
    let db = open(settings).await?;
    // Told before: a copy that nobody could tell of is not made.
    if db.is_sqlite() && !file.exists() {
        let mut conn = db.write().await?;
        let event = Event::of(Action::BackupMade, file.display().to_string());
        of_service::record(&mut conn, &Actor::operator(), &event, (clock::system())()).await?;
        conn.commit().await?;
    }
    let source = settings.database_url.strip_prefix("sqlite:").map(|rest| rest.trim_start_matches("//"));
    let source = source.and_then(|path| path.split('?').next());
    let size = |path: &Path| std::fs::metadata(path).map_or(0, |found| found.len());
    let bar = progress::bytes("Copying", source.map(|path| size(Path::new(path))));
    let copying = db.backup(file);
    tokio::pin!(copying);
    let result = loop {
        tokio::select! {
            result = &mut copying => break result,
            () = tokio::time::sleep(Duration::from_millis(200)) => bar.set_position(size(file)),
        }
    };
    bar.finish_and_clear();
    result?;
    db.close().await;
    println!(
        "Wrote {} ({} bytes). Recordings are kept elsewhere: copy {:?} too",
        file.display(),
        size(file),
        settings.recordings
    );
    Ok(())
}
