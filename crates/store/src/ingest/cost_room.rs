//! What the calls of an account may still cost, so that no sum of costs is too large for its column.

use domain::{Money, limits::ACCOUNT_COST_UNITS};

use crate::{Conn, Scope, StoreError, db::fetch_all};

/// What is left until [`ACCOUNT_COST_UNITS`], kept count of while a batch is taken in. The account is locked until its end. What a
/// corrected call cost before is not given back within the batch.
#[derive(Debug, Default)]
pub(crate) struct CostRoom {
    /// Millionths; none: nobody counts.
    left: Option<i128>,
}

impl CostRoom {
    /// Reads what the stored calls cost.
    pub(crate) async fn prepare(&mut self, conn: &mut Conn, scope: &Scope) -> Result<(), StoreError> {
        if self.left.is_none() {
            // Added up here: the database could not, where an account was beyond the bound before there was one.
            let sql = "SELECT cost FROM usage_months WHERE account_id = $1";
            let months = fetch_all!(conn, (i64,), sql, scope.account())?;
            let used: i128 = months.into_iter().map(|(cost,)| i128::from(cost)).sum();
            self.left = Some(i128::from(Money::units(ACCOUNT_COST_UNITS).0) - used);
        }
        Ok(())
    }

    /// Whether there is room for a call of this cost, which is taken.
    pub(crate) fn take(&mut self, cost: Money) -> bool {
        let Some(left) = self.left else { return true };
        let left = left - i128::from(cost.0);
        if cost.0 > 0 && left < 0 {
            return false;
        }
        self.left = Some(left);
        true
    }
}
