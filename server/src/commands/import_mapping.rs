//! Mapping files of `ringside import`: `--map` reads one, `--show-mapping` writes what was guessed.

use std::{fs, path::Path};

use cdr::{Mapping, Options, Sample};
use domain::{CampaignId, limits::FORM_BYTES};

use super::Failure;
use crate::importing::named_file::NamedFile;

/// Rows that are shown as they would be stored.
const SHOWN_ROWS: usize = 20;

/// Reads a mapping file.
pub(super) fn read(path: &Path) -> Result<Mapping, Failure> {
    let wrong = |reason: String| Failure::new(format!("{}: {reason}", path.display()));
    let is_large = fs::metadata(path).is_ok_and(|file| file.len() > FORM_BYTES as u64);
    if is_large {
        return Err(wrong("is no mapping: it is larger than 64 KiB".to_owned()));
    }
    let text = fs::read_to_string(path).map_err(|error| wrong(format!("cannot be read: {error}")))?;
    Mapping::from_toml(&text).map_err(|error| wrong(error.to_string()))
}

/// Prints the mapping of each file and its first rows as they would be stored. All but the mapping is in comments, so that what
/// is printed is a mapping file.
pub(super) fn show(files: &[NamedFile], options: &Options) -> Result<(), Failure> {
    for file in files {
        let failed = |reason: String| Failure::new(format!("{}: {reason}", file.name));
        let sample = |options: &Options| {
            let (input, _) = file.open().map_err(|error| failed(format!("cannot be read: {error}")))?;
            cdr::sample(input, SHOWN_ROWS, options).map_err(|error| failed(error.to_string()))
        };
        let mut shown = sample(options)?;
        // Rows without a campaign are all alike: it is still to be given.
        let has_no_campaign = shown.rows.iter().flatten().count() == 0
            && shown.rows.iter().any(|row| row.as_ref().is_err_and(|skipped| skipped.field == "campaign"));
        if has_no_campaign {
            let campaign = CampaignId::new("given with --campaign").map_err(|error| failed(error.to_string()))?;
            shown = sample(&Options { campaign: Some(campaign), ..options.clone() })?;
        }
        print(&file.name, &shown, options.mapping.as_ref());
    }
    Ok(())
}

fn print(name: &str, sample: &Sample, mapping: Option<&Mapping>) {
    let comment = |text: &str| println!("# {}", domain::text::one_line(text));
    comment(&format!("{name}: columns {}", sample.columns.join(", ")));
    comment(&format!("known again by {}", sample.fingerprint));
    match (&sample.guess, mapping) {
        (Some(guess), _) => {
            comment("guessed; correct what is wrong, and give it as a file with --map");
            println!("{}", guess.to_toml());
        }
        (None, Some(mapping)) => {
            for missing in &sample.missing {
                comment(&format!("Missing: {missing}"));
            }
            println!("{}", mapping.to_toml());
        }
        (None, None) => {}
    }
    for row in &sample.rows {
        match row {
            Ok((line, call)) => comment(&format!("line {line}: {}", serde_json::json!(call))),
            Err(skipped) => comment(&format!("line {}: rejected: {} {}", skipped.line, skipped.field, skipped.reason)),
        }
    }
    if let Some(reading) = &sample.reading {
        comment(&reading.to_string());
        reading.warnings.iter().for_each(|warning| comment(warning));
    }
}
