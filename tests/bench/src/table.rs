//! The table, for people and for programs.

use std::{fs, path::Path};

use serde::Serialize;

/// One line: ours, the twin's, and how they stand to one another.
#[derive(Serialize)]
pub struct Row {
    what: String,
    ours: f64,
    twin: Option<f64>,
    ratio: f64,
    target: f64,
    spread: f64,
}

#[derive(Serialize)]
struct Rows<'a> {
    rows: &'a [Row],
}

impl Row {
    /// Two rates, measured in turns; the ratio is to be at least the target. The spread is that of the
    /// ratios of neighbouring runs, widest less narrowest.
    pub fn beside(what: &str, ours: &[f64], twin: &[f64], target: f64) -> Self {
        let ratios: Vec<f64> = ours.iter().zip(twin).map(|(ours, twin)| ours / twin).collect();
        let (ratio, spread) = (median(&ratios), width(&ratios));
        let (ours, twin) = (median(ours), Some(median(twin)));
        Self { what: what.to_owned(), ours, twin, ratio, target, spread }
    }

    /// A figure of its own, which is to be at most the target.
    pub fn alone(what: &str, ours: &[f64], target: f64) -> Self {
        let (middle, spread) = (median(ours), width(ours));
        let ratio = middle / target;
        Self { what: what.to_owned(), ours: middle, twin: None, ratio, target, spread }
    }
}

/// Prints the table.
pub fn print(rows: &[Row]) {
    println!(
        "{:<62} {:>9} {:>9} {:>6} {:>7} {:>7}",
        "what", "ours", "twin", "ratio", "target", "spread"
    );
    for Row { what, ours, twin, ratio, target, spread } in rows {
        let twin = twin.map_or_else(|| "–".to_owned(), |twin| format!("{twin:.0}"));
        println!("{what:<62} {ours:>9.1} {twin:>9} {ratio:>6.2} {target:>7.2} {spread:>7.2}");
    }
}

/// Writes the rows as JSON.
pub fn write(rows: &[Row], file: &Path) {
    fs::write(file, serde_json::to_vec_pretty(&Rows { rows }).unwrap()).unwrap();
}

fn median(all: &[f64]) -> f64 {
    let mut all = all.to_vec();
    all.sort_by(f64::total_cmp);
    *all.get(all.len() / 2).unwrap()
}

fn width(all: &[f64]) -> f64 {
    let most = all.iter().copied().fold(f64::MIN, f64::max);
    most - all.iter().copied().fold(f64::MAX, f64::min)
}
