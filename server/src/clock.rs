//! The one place that reads the system clock. Everything else is given a [`Clock`], so tests can stand still in time.

use std::{
    sync::Arc,
    time::{Instant, SystemTime, UNIX_EPOCH},
};

use domain::Timestamp;

/// Tells what time it is.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// The computer's clock.
#[expect(clippy::disallowed_methods, reason = "this is the clock that everything else is given")]
pub fn system() -> Clock {
    Arc::new(|| {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    })
}

/// A clock that is at `start` now and goes on as time passes, whatever the computer's clock says or is set to.
pub fn starting_at(start: Timestamp) -> Clock {
    let begun = Instant::now();
    Arc::new(move || {
        let passed = i64::try_from(begun.elapsed().as_millis()).unwrap_or(i64::MAX);
        Timestamp(start.0.saturating_add(passed))
    })
}
