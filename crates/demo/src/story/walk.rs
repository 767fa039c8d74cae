//! The walk itself, step by step.

use super::person::sign_in;
use super::steps::Steps;
use super::{bureau, city, clerk};
use crate::world::World;
use jixue::sample;
use std::path::Path;

/// How many people the roster brings.
const NEWCOMERS: u32 = 8;
/// Which base teaches the public subject, as the officer chooses it from the list.
const BASE_CALLED: &str = "继续教育中心";
const FEE_YUAN: &str = "40.00";

/// Walks every step.
///
/// # Errors
/// The first step that does not hold.
pub async fn walk(world: &World, out: &Path, steps: &mut Steps) -> anyhow::Result<()> {
    let city = steps.hold("city_made", city(world)).await?;
    let rules = sample::rules_of(city.year)?;
    let officer = steps
        .hold("officer_signed_in", sign_in(world, &city.bureau_officer.phone))
        .await?;
    steps
        .hold("year_opened", bureau::open_year(&officer, &rules))
        .await?;
    steps
        .hold(
            "fee_set",
            bureau::set_fee(&officer, &rules, BASE_CALLED, FEE_YUAN),
        )
        .await?;

    let people = sample::newcomers(NEWCOMERS, 7)?;
    let clerk = steps
        .hold("clerk_signed_in", sign_in(world, &city.empty_unit.clerk.phone))
        .await?;
    let sent = steps
        .hold("roster_previewed", clerk::send_roster(&clerk, &people))
        .await?;
    std::fs::write(out.join("roster.xlsx"), &sent.bytes)?;
    steps
        .hold("roster_errors_downloaded", clerk::check_error_rows(&clerk, &sent))
        .await?;
    steps
        .hold("roster_imported", clerk::apply_roster(&clerk, &sent, &people))
        .await?;
    steps
        .hold("roster_sent_again", clerk::send_again(&clerk, &sent))
        .await?;
    Ok(())
}
