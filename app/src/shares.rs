//! Shares as pages, files and mails show them: rounded so that parts add up to their whole.

use domain::{CallClass, share};

/// Shares of the codes in thousandths: those of one class add up to the share of the class, those to the whole.
pub fn shares(report: &domain::Report) -> ([u32; 3], Vec<u32>) {
    let classes = share::permille(&CallClass::ALL.map(|class| report.calls.of(class)));
    let classes = [classes[0], classes[1], classes[2]];
    let mut shares = vec![0; report.by_code.len()];
    for (class, whole) in CallClass::ALL.into_iter().zip(classes) {
        let of_class: Vec<usize> = (0..shares.len()).filter(|&n| report.by_code[n].class == class).collect();
        let counts: Vec<u64> = of_class.iter().map(|&n| report.by_code[n].calls).collect();
        for (n, share) in of_class.into_iter().zip(share::apportioned(whole, &counts)) {
            shares[n] = share;
        }
    }
    (classes, shares)
}

/// `part ÷ whole` in percent with one decimal and a point, for a measure in a style.
pub fn tenths(part: u64, whole: u64) -> String {
    let permille = domain::Rate::new(part, whole.max(1)).permille().unwrap_or(0);
    format!("{}.{}", permille / 10, permille % 10)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::report;

    #[test]
    fn shares_of_the_codes_add_up_to_their_class_and_to_the_whole() {
        let report = report();
        let (classes, shares) = shares(&report);
        assert_eq!(classes.iter().sum::<u32>(), 1_000);
        for (class, whole) in CallClass::ALL.into_iter().zip(classes) {
            let of_class = report.by_code.iter().zip(&shares).filter(|(row, _)| row.class == class);
            assert_eq!(of_class.map(|(_, share)| share).sum::<u32>(), whole, "{class:?}");
        }
    }

    #[test]
    fn a_measure_has_a_point_in_every_language() {
        assert_eq!(tenths(1_179, 3_360), "35.1");
        assert_eq!(tenths(0, 0), "0.0");
    }
}
