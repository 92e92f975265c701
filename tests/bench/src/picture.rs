//! The pictures of a run: SVG, for the README.

use crate::run::{Group, Outcome};
use crate::subject::{self as s, Subject};
use plotters::prelude::*;
use std::error::Error;
use std::path::Path;

const WIDTH: i32 = 900;
const OURS: RGBColor = RGBColor(20, 90, 200);
const FLOOR: RGBColor = RGBColor(20, 20, 20);
const OTHERS: RGBColor = RGBColor(200, 90, 20);
const GRID: RGBColor = RGBColor(225, 225, 225);

fn font(size: i32, color: &RGBColor) -> TextStyle<'_> {
    ("sans-serif", size).into_font().color(color)
}

fn color(subject: &str) -> &'static RGBColor {
    match subject {
        s::FLOOR => &FLOOR,
        _ if s::is_ours(subject) => &OURS,
        _ => &OTHERS,
    }
}

/// Draws both into a directory.
///
/// # Errors
/// A picture cannot be written.
pub fn draw(outcome: &Outcome, directory: &Path) -> Result<(), Box<dyn Error>> {
    std::fs::create_dir_all(directory)?;
    latency(outcome, &directory.join("latency.svg"))?;
    steps(outcome, &directory.join("steps.svg"))
}

/// Resident GiB and microseconds of each subject that was measured in callers of several sizes.
fn lines(outcome: &Outcome) -> Vec<(&'static str, Vec<(f64, f64)>)> {
    let mut lines: Vec<(&'static str, Vec<(f64, f64)>)> = Vec::new();
    let is_sized = |group: &&Group| group.caller == format!("{} GiB", group.mib / 1024);
    for group in outcome.groups.iter().filter(is_sized) {
        let Some(summary) = group.summary() else {
            continue;
        };
        let point = (group.mib as f64 / 1024.0, summary.median / 1e3);
        match lines.iter_mut().find(|(name, _)| *name == group.subject) {
            Some((_, points)) => points.push(point),
            None => lines.push((group.subject, vec![point])),
        }
    }
    lines.retain(|(_, points)| points.len() > 2);
    for (_, points) in &mut lines {
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
    }
    lines
}

fn latency(outcome: &Outcome, path: &Path) -> Result<(), Box<dyn Error>> {
    let lines = lines(outcome);
    let last = |points: &[(f64, f64)]| points.last().copied().unwrap_or_default();
    let right = lines.iter().map(|(_, p)| last(p).0).fold(1.0, f64::max);
    let top = lines.iter().map(|(_, p)| last(p).1).fold(1e3, f64::max);
    let area = SVGBackend::new(path, (WIDTH as u32, 520)).into_drawing_area();
    area.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(&area)
        .caption(
            "Start, run and reap a tiny program, by the caller's resident memory",
            font(17, &FLOOR),
        )
        .margin(10)
        .margin_right(250)
        .x_label_area_size(40)
        .y_label_area_size(70)
        .build_cartesian_2d(0.0..right, (50.0..top * 1.6).log_scale())?;
    chart
        .configure_mesh()
        .bold_line_style(GRID)
        .light_line_style(TRANSPARENT)
        .x_desc("resident memory of the caller (GiB)")
        .y_desc("median (logarithmic)")
        .y_label_formatter(&|us| match *us >= 1e3 {
            true => format!("{} ms", us / 1e3),
            false => format!("{us} us"),
        })
        .label_style(font(13, &FLOOR))
        .draw()?;
    let mut names: Vec<(i32, i32, &str)> = Vec::new();
    for (name, points) in &lines {
        let line = color(name).stroke_width(if *name == s::BARE { 3 } else { 1 });
        chart.draw_series(LineSeries::new(points.iter().copied(), line))?;
        let dot = |point: &(f64, f64)| Circle::new(*point, 3, color(name).filled());
        chart.draw_series(points.iter().map(dot))?;
        let (_, y) = chart.backend_coord(&last(points));
        names.push((y, y, name));
    }
    // Names of lines that lie upon each other stand below each other, as much around them as may be.
    names.sort();
    spread(&mut names, 15);
    let (x, _) = chart.backend_coord(&(right, top));
    for (to, from, name) in names {
        let style = color(name).mix(0.5).stroke_width(1);
        area.draw(&PathElement::new(vec![(x + 5, from), (x + 22, to)], style))?;
        area.draw(&Text::new(name, (x + 26, to - 7), font(13, color(name))))?;
    }
    area.present()?;
    Ok(())
}

/// Moves sorted places apart to that distance: each bunch stays centred where it was.
fn spread(places: &mut [(i32, i32, &str)], distance: i32) {
    let mut bunches: Vec<(usize, i32)> = Vec::new(); // size, first place
    for &(place, ..) in places.iter() {
        bunches.push((1, place));
        while let [.., (before, first), (size, second)] = bunches[..] {
            if first + before as i32 * distance <= second {
                break;
            }
            let centre = |size: usize, first: i32| first + (size as i32 - 1) * distance / 2;
            let both = (before + size) as i32;
            let middle =
                (centre(before, first) * before as i32 + centre(size, second) * size as i32) / both;
            bunches.truncate(bunches.len() - 2);
            bunches.push((both as usize, middle - (both - 1) * distance / 2));
        }
    }
    let spots = bunches
        .iter()
        .flat_map(|(size, first)| (0..*size as i32).map(move |n| first + n * distance));
    for (place, spot) in places.iter_mut().zip(spots) {
        place.0 = spot;
    }
}

/// Microseconds that a plan takes beyond one without a step.
fn beyond_bare(outcome: &Outcome, subject: &str) -> Option<f64> {
    let caller = "0 GiB";
    Some((outcome.median(caller, subject)? - outcome.median(caller, s::BARE)?) / 1e3)
}

fn steps(outcome: &Outcome, path: &Path) -> Result<(), Box<dyn Error>> {
    let bar = |name: &'static str| Some((name, beyond_bare(outcome, name)?));
    let mut bars: Vec<(&str, f64)> = s::STEPS
        .iter()
        .filter_map(|step: &Subject| bar(step.name))
        .collect();
    bars.sort_by(|a, b| a.1.total_cmp(&b.1));
    bars.extend([bar(s::FULL_BY_HAND), bar(s::FULL)].into_iter().flatten());
    let right = bars.iter().map(|bar| bar.1).fold(1.0, f64::max) * 1.12;
    let height = bars.len() as i32;
    let area =
        SVGBackend::new(path, (WIDTH as u32, (100 + 26 * height) as u32)).into_drawing_area();
    area.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(&area)
        .caption(
            "What steps add to a spawn without any (us, medians)",
            font(17, &FLOOR),
        )
        .margin(10)
        .margin_left(220)
        .x_label_area_size(30)
        .build_cartesian_2d(0.0..right, 0.0..f64::from(height))?;
    chart
        .configure_mesh()
        .disable_y_mesh()
        .disable_y_axis()
        .bold_line_style(GRID)
        .light_line_style(TRANSPARENT)
        .label_style(font(13, &FLOOR))
        .draw()?;
    for (row, (name, us)) in bars.iter().enumerate() {
        let row = row as f64;
        let color = if s::is_ours(name) { &OURS } else { &OTHERS };
        let bar = [(0.0, row + 0.2), (us.max(0.0), row + 0.8)];
        chart.draw_series([Rectangle::new(bar, color.mix(0.8).filled())])?;
        let (_, y) = chart.backend_coord(&(0.0, row + 0.5));
        let (x, _) = chart.backend_coord(&(us.max(0.0), row));
        let name = name.trim_start_matches("plan: ");
        area.draw(&Text::new(name, (12, y - 7), font(14, &FLOOR)))?;
        area.draw(&Text::new(
            format!("{us:.1}"),
            (x + 5, y - 7),
            font(13, &FLOOR),
        ))?;
    }
    area.present()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::spread;

    #[test]
    fn names_keep_a_distance_and_their_middle() {
        let mut places = [
            (10, 10, "a"),
            (100, 100, "b"),
            (101, 101, "c"),
            (102, 102, "d"),
        ];
        spread(&mut places, 10);
        assert_eq!(places.map(|place| place.0), [10, 90, 100, 110]);
    }
}
