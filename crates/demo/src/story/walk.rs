//! The walk itself, step by step.

use super::award::{self, Kind};
use super::browser::Browser;
use super::person::{patiently, sign_in};
use super::steps::{Step, Steps};
use super::{bureau, cashier, city, clerk, exam, notifications, study};
use crate::keys;
use crate::world::World;
use anyhow::{Context, ensure};
use jixue::db::Tx;
use jixue::sample::{self, City};
use jixue_core::credit::RuleSet;
use jixue_core::org::RosterPerson;
use jixue_simulators::Faults;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::Path;

/// How many people the roster brings.
const NEWCOMERS: u32 = 8;
/// Which base teaches the public subject, as the officer chooses it from the list.
const BASE_CALLED: &str = "继续教育中心";
const FEE_YUAN: &str = "40.00";
const UNIT_SUM_YUAN: &str = "120.00";
/// How many times the gateway sends each word to the first learner's payment at once.
const COPIES: u32 = 3;

/// What the story leaves to be read by machines.
#[derive(Serialize)]
struct Account<'a> {
    base_url: &'a str,
    verify_url: String,
    ids: &'a BTreeMap<&'static str, String>,
    steps: &'a [Step],
}

/// A walk on its way.
pub struct Walk<'a> {
    pub world: &'a World,
    pub out: &'a Path,
    pub steps: &'a mut Steps,
    ids: BTreeMap<&'static str, String>,
}

/// Who was brought in by the roster, each with a part in the story.
struct Parts<'a> {
    /// Pays, studies and gets both certificates.
    finisher: &'a RosterPerson,
    /// Pays while somebody forges the gateway's word.
    forged: &'a RosterPerson,
    /// Pays another amount.
    misfit: &'a RosterPerson,
    /// Are paid for by their unit.
    seated: &'a [RosterPerson],
}

impl<'a> Walk<'a> {
    pub fn new(world: &'a World, out: &'a Path, steps: &'a mut Steps) -> Self {
        Self { world, out, steps, ids: BTreeMap::new() }
    }

    /// Walks every step and writes the account of it.
    ///
    /// # Errors
    /// The first step that does not hold.
    pub async fn walk(mut self) -> anyhow::Result<()> {
        let city = self.steps.hold("city_made", city(self.world)).await?;
        let rules = sample::rules_of(city.year)?;
        self.ids.insert("year", city.year.to_string());
        let officer = self.open_year(&city, &rules).await?;
        let people = sample::newcomers(NEWCOMERS, 7)?;
        let [finisher, forged, misfit, seated @ ..] = people.as_slice() else {
            anyhow::bail!("too few people for the parts of the story");
        };
        let parts = Parts { finisher, forged, misfit, seated: &seated[..3] };
        let clerk = self.import_roster(&city, &people).await?;
        let learner = self.pay(&officer, &parts).await?;
        self.pay_for_people(&clerk, &parts).await?;
        self.study(&city, &learner).await?;
        // Days of study have gone by, and an officer's session lasts one.
        let again = sign_in(self.world, &city.bureau_officer.phone);
        let officer = self.steps.hold("officer_signed_in_again", again).await?;
        self.confirm_hours(&officer, &city, &parts).await?;
        let verify_path = self.award(&learner, &parts).await?;
        self.look_at_counts(&officer, &city).await?;
        let account = Account {
            base_url: &self.world.base_url,
            verify_url: format!("{}{verify_path}", self.world.base_url),
            ids: &self.ids,
            steps: &self.steps.held,
        };
        let text = format!("{}\n", serde_json::to_string_pretty(&account)?);
        std::fs::write(self.out.join("story.json"), text).context("story.json")
    }

    async fn open_year(&mut self, city: &City, rules: &RuleSet) -> anyhow::Result<Browser> {
        let phone = &city.bureau_officer.phone;
        let officer = self.steps.hold("officer_signed_in", sign_in(self.world, phone)).await?;
        self.steps.hold("year_opened", bureau::open_year(&officer, rules)).await?;
        self.steps.hold("fee_set", bureau::set_fee(&officer, rules, BASE_CALLED, FEE_YUAN)).await?;
        Ok(officer)
    }

    async fn import_roster(&mut self, city: &City, people: &[RosterPerson]) -> anyhow::Result<Browser> {
        let phone = &city.empty_unit.clerk.phone;
        let clerk = self.steps.hold("clerk_signed_in", sign_in(self.world, phone)).await?;
        let sent = self.steps.hold("roster_previewed", clerk::send_roster(&clerk, people)).await?;
        std::fs::write(self.out.join("roster.xlsx"), &sent.bytes).context("roster.xlsx")?;
        self.steps.hold("roster_errors_downloaded", clerk::check_error_rows(&clerk, &sent)).await?;
        self.steps.hold("roster_imported", clerk::apply_roster(&clerk, &sent, people)).await?;
        self.steps.hold("roster_sent_again", clerk::send_again(&clerk, &sent)).await?;
        self.ids.insert("roster_import", sent.import.rsplit('/').next().unwrap_or_default().to_owned());
        Ok(clerk)
    }

    /// Three people pay; the first of them is who goes on.
    async fn pay(&mut self, officer: &Browser, parts: &Parts<'_>) -> anyhow::Result<Browser> {
        let world = self.world;
        let learner = self.steps.hold("learner_signed_in", sign_in(world, parts.finisher.phone.revealed())).await?;
        self.steps.hold("learning_closed_before_payment", ensure_locked(&learner)).await?;
        let order = self.steps.hold("cashier_shows_code", cashier::open(&learner, world)).await?;
        world.simulator.set_faults(Faults { notify_copies: COPIES, ..Faults::default() });
        let paying = cashier::pay_on_phone(world, &order, FEE_YUAN);
        let number = self.steps.hold("learner_paid_on_phone", paying).await?;
        self.steps.hold("page_turned_to_paid", cashier::until_paid(&learner, &order)).await?;
        world.simulator.set_faults(Faults::default());
        self.steps.hold("learning_open", ensure_open(&learner)).await?;
        let sent = self.steps.hold("notification_kept", notifications::heard(world, &number)).await?;
        notifications::keep(world, &sent, self.out)?;
        self.steps.hold("repeated_notification_changed_nothing", notifications::repeat(world, officer, &sent)).await?;
        self.steps.hold("changed_notification_refused", notifications::tamper(world, officer, &sent)).await?;
        self.ids.insert("order", order.id.to_string());
        self.ids.insert("out_trade_no", number);

        let forged = sign_in(world, parts.forged.phone.revealed()).await?;
        let order = cashier::open(&forged, world).await?;
        let paying = notifications::pay_under_forgery(world, &forged, &order, FEE_YUAN);
        self.steps.hold("forged_notification_opened_nothing", paying).await?;
        let misfit = sign_in(world, parts.misfit.phone.revealed()).await?;
        let order = cashier::open(&misfit, world).await?;
        let paying = notifications::pay_other_amount(world, &misfit, officer, &order);
        self.steps.hold("other_amount_suspended", paying).await?;
        Ok(learner)
    }

    async fn pay_for_people(&mut self, clerk: &Browser, parts: &Parts<'_>) -> anyhow::Result<()> {
        let names: Vec<&str> = parts.seated.iter().map(|person| person.name.as_str()).collect();
        let ordering = clerk::order_for(clerk, self.world, &names, UNIT_SUM_YUAN);
        let order = self.steps.hold("unit_ordered_for_people", ordering).await?;
        let paying = cashier::pay_on_phone(self.world, &order, UNIT_SUM_YUAN);
        self.steps.hold("unit_paid_on_phone", paying).await?;
        self.steps.hold("unit_order_paid", cashier::until_paid(clerk, &order)).await?;
        let seats = async {
            for person in parts.seated {
                let learner = sign_in(self.world, person.phone.revealed()).await?;
                patiently("a seat that opens", async || Ok(cashier::may_study(&learner).await?.then_some(()))).await?;
            }
            Ok(())
        };
        self.steps.hold("unit_seats_open", seats).await?;
        self.ids.insert("unit_order", order.id.to_string());
        Ok(())
    }

    async fn study(&mut self, city: &City, learner: &Browser) -> anyhow::Result<()> {
        let lessons = self.steps.hold("lessons_studied", study::study_everything(self.world, learner)).await?;
        self.ids.insert("lessons", lessons.to_string());
        let known = exam::knowledge(self.world, city.year).await?;
        self.steps.hold("quizzes_passed", exam::take_quizzes(learner, &known)).await?;
        ensure!(!award::is_shown(learner, Kind::PublicSubject).await?, "a certificate came before the test");
        let paper = exam::test_paper(self.world, city.year).await?;
        self.steps.hold("test_passed", exam::take(learner, &paper, &known)).await?;
        let issued = award::until_issued(learner, Kind::PublicSubject);
        let held = self.steps.hold("public_subject_certificate_issued", issued).await?;
        self.ids.insert("public_subject_certificate", held.number);
        Ok(())
    }

    async fn confirm_hours(&mut self, officer: &Browser, city: &City, parts: &Parts<'_>) -> anyhow::Result<()> {
        let person = parts.finisher;
        let cells = [
            person.name.as_str(),
            person.identity_number.revealed(),
            "专业科目",
            "60",
            "口腔诊疗质量与安全培训班",
            "郴州市口腔医学会（演示）",
        ];
        let [name, number, subject, hours, title, provider] = cells.map(str::to_owned);
        // A day of the year that is over: the list is confirmed after the training.
        let day = sample::rules_of(city.year)?.opens_on.to_string();
        let line = [name, number, subject, hours, title, provider, day];
        let confirming = bureau::confirm_hours(officer, std::slice::from_ref(&line));
        let import = self.steps.hold("professional_hours_confirmed", confirming).await?;
        self.ids.insert("hours_import", import.to_string());
        Ok(())
    }

    /// The path of the public page that verifies the yearly certificate.
    async fn award(&mut self, learner: &Browser, parts: &Parts<'_>) -> anyhow::Result<String> {
        let issued = award::until_issued(learner, Kind::Annual);
        let held = self.steps.hold("annual_certificate_issued", issued).await?;
        let file = self.out.join("certificate.pdf");
        let pdf = self.steps.hold("certificate_downloaded", award::download(learner, &held, &file)).await?;
        let name = parts.finisher.name.as_str();
        self.steps.hold("certificate_verified", award::verify(self.world, &held, &pdf, name)).await?;
        std::fs::copy(keys::authority_file(&self.world.app.config.keys), self.out.join("ca.pem")).context("ca.pem")?;
        self.ids.insert("annual_certificate", held.number.clone());
        self.ids.insert("verification_code", held.verify_path.trim_start_matches("/verify/").to_owned());
        Ok(held.verify_path)
    }

    async fn look_at_counts(&mut self, officer: &Browser, city: &City) -> anyhow::Result<()> {
        let code = city.empty_unit.region_code.clone();
        let regions = self.world.app.db.read(async |tx: &Tx<'_>| jixue::org::regions(tx).await).await?;
        let region = regions.into_iter().find(|region| region.code == code).context(code)?.name_zh;
        let counted = async {
            let [required, paid, learning, finished] = bureau::counts(officer, &region).await?;
            ensure!(required >= i64::from(NEWCOMERS), "{required} are required in {region}");
            // Two paid for themselves, three were paid for; the money of another amount pays for nobody.
            ensure!([paid, learning, finished] == [5, 1, 1], "{region} counts {paid}, {learning}, {finished}");
            Ok(())
        };
        self.steps.hold("officer_saw_counts", counted).await
    }
}

async fn ensure_locked(learner: &Browser) -> anyhow::Result<()> {
    ensure!(!cashier::may_study(learner).await?, "lessons are open before payment");
    Ok(())
}

async fn ensure_open(learner: &Browser) -> anyhow::Result<()> {
    ensure!(cashier::may_study(learner).await?, "lessons are closed after payment");
    Ok(())
}
