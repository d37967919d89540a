//! What the first rows of a table tell of all of them: the order of day and month, which way calls go, zones, how costs are written.

use std::collections::BTreeMap;

use domain::Timestamp;

use super::{costs::Costs, row::epoch_zone_of, said::said_of_both};
use crate::{
    any_rows::{Ahead, AnyRows},
    cells::Cells,
    clock::Evidence,
    findings::{Findings, OrderBasis},
    guess::{Directions, zone_said},
    local_time::{DateOrder, When},
    mapping::{Bound, Field, Mapping},
    source::Given,
    written::when,
};

/// Rows by which our own numbers are found.
const SIDE_ROWS: usize = 2_000;

/// What rows tell of the order of day and month, and of the zone.
pub(super) fn evidence_of<'a>(rows: impl Iterator<Item = &'a Cells>, bound: &Bound, names: &[String]) -> Evidence {
    let mut evidence = Evidence::default();
    let zone = epoch_zone_of(bound, names);
    for cells in rows {
        let epoch = bound.place(Field::Epoch).and_then(|at| match when(cells.get(at)) {
            Some(When::Instant(epoch)) => Some(epoch),
            Some(When::Wall(wall)) if !wall.is_ambiguous() => {
                Some(zone.as_ref()?.instant(wall.millis(DateOrder::YearMonthDay)?).0.0)
            }
            _ => None,
        });
        for field in [Field::DialedAt, Field::AnsweredAt, Field::EndedAt] {
            if let Some(time) = when(&bound.time_text(cells, field)) {
                evidence.add(time, epoch.filter(|_| field == Field::DialedAt));
            }
        }
    }
    evidence
}

/// Which way the calls go, where the table tells it; what it leaves open is said.
pub(super) fn directions_of(
    names: &[String],
    phone: Option<usize>,
    ahead: &Ahead,
    findings: &mut Findings,
) -> Option<Directions> {
    let first_rows = || ahead.iter().flatten().take(SIDE_ROWS).map(|(_, cells)| cells);
    let directions = Directions::of(names, phone, first_rows());
    if directions.is_none() {
        let both = Directions::on_both_sides(names, phone, first_rows());
        findings.warnings.extend(said_of_both(&both));
    }
    directions
}

/// The zones that the first rows name, the most frequent one first.
pub(super) fn zones_of_rows(ahead: &Ahead, bound: &Bound) -> Vec<String> {
    let Some(at) = bound.place(Field::Zone) else { return Vec::new() };
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for zone in ahead.iter().flatten().filter_map(|(_, cells)| zone_said(cells.get(at))) {
        *counts.entry(zone).or_default() += 1;
    }
    let mut zones: Vec<_> = counts.into_iter().collect();
    zones.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    zones.into_iter().map(|(zone, _)| zone).collect()
}

/// How a table writes costs, by its first rows.
pub(super) fn costs_of((mapping, bound, names): (&Mapping, &Bound, &[String]), ahead: &Ahead, given: &Given) -> Costs {
    let at = bound.place(Field::Cost);
    let name = at.and_then(|at| names.get(at)).map(String::as_str);
    let cells = ahead.iter().flatten().filter_map(|(_, cells)| Some(cells.get(at?)));
    Costs::of(given.currency.as_ref(), name, mapping, cells)
}

/// The rows ahead up to the next sheet, or to a header that stands again.
pub(super) fn section<'a>(ahead: &'a Ahead, rows: &AnyRows<'_>, names: &[String]) -> impl Iterator<Item = &'a Cells> {
    let first = ahead.iter().flatten().map(|(line, _)| rows.nth_sheet(*line)).next();
    let is_header = |cells: &Cells| {
        cells.len() > 1 && cells.iter().enumerate().all(|(at, cell)| names.get(at).is_some_and(|name| name == cell))
    };
    ahead
        .iter()
        .flatten()
        .take_while(move |(line, cells)| Some(rows.nth_sheet(*line)) == first && !is_header(cells))
        .map(|(_, cells)| cells)
}

/// The order of day and month where so many rows prove one at least: a single day over 12 may be mistyped.
pub(super) fn decided(evidence: &Evidence, latest: Option<Timestamp>, least: u64) -> Option<DateOrder> {
    let (order, basis) = evidence.order(latest);
    let is_proved = || order == DateOrder::YearMonthDay || evidence.proofs(order) >= least;
    (basis == OrderBasis::Epochs || basis == OrderBasis::Values && is_proved()).then_some(order)
}
