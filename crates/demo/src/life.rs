//! Some weeks in the life of the sample city: people sign in, pay, study, are taught face to face and take the test, all
//! over HTTP and through the simulated gateway. Nothing is written past the application.

use crate::marker::SignIn;
use crate::story::award::{self, Kind};
use crate::story::browser::Browser;
use crate::story::person::sign_in;
use crate::story::study::{self, Session};
use crate::story::{bureau, cashier, clerk, exam};
use crate::world::World;
use anyhow::Context;
use futures_util::future::try_join_all;
use jixue::clock::Clock;
use jixue::sample::{City, CityUnit, Person};
use std::collections::{HashMap, VecDeque};

/// Counties of the sample that teach the public subject in classes.
const FACE_TO_FACE: [&str; 3] = ["431026", "431027", "431028"];
const FEE_YUAN: &str = "40.00";
/// People who pay at the same time.
const AT_ONCE: usize = 8;
/// Of each of the other large units so many pay for themselves.
const OWN_PAYERS_PER_UNIT: usize = 4;
const OWN_PAYERS_MAX: usize = 24;
/// Who is paid for and taught face to face.
const CLASS: usize = 8;
/// Of the class, so many have their professional hours too.
const FINISHERS: usize = 5;
/// Of the class, so many have not taken the test yet.
const BEFORE_TEST: usize = 1;
/// The longest somebody studies, in beats of two minutes.
const BEATS_MAX: usize = 48;
const BEAT_MS: i64 = 120_000;
const HOUR_MS: i64 = 3_600_000;

/// Who ended where.
#[derive(Debug, Default)]
pub struct Lives {
    pub paid: usize,
    pub learning: Vec<SignIn>,
    /// Hours complete, test not taken: for somebody who wants to sit it by hand.
    pub before_test: Vec<SignIn>,
    pub tested: Vec<SignIn>,
    pub finished: Vec<SignIn>,
}

/// Lives through `span_ms` of the city's past.
///
/// # Errors
/// When anything that people do does not hold.
pub async fn live(world: &World, clock: &Clock, city: &City, span_ms: i64) -> anyhow::Result<Lives> {
    let part = span_ms / 8;
    let class_unit = class_unit(city);
    let class = class_unit.map(|unit| distinct(unit).take(CLASS).collect::<Vec<_>>()).unwrap_or_default();
    clock.advance_ms(part);
    if let Some(unit) = class_unit {
        pay_for_class(world, unit, &class).await?;
    }
    let payers = own_payers(city, class_unit);
    let mut browsers = Vec::new();
    for group in payers.chunks(AT_ONCE) {
        // Tries to sign in from one address are limited; the next group comes later in the day.
        clock.advance_ms(2 * HOUR_MS);
        browsers.extend(try_join_all(group.iter().map(|person| pay(world, person))).await?);
    }
    clock.advance_ms(part);
    // Every third has paid and not begun.
    let students = payers.iter().zip(browsers).enumerate().filter(|(index, _)| index % 3 != 2);
    let students: Vec<(&Person, Browser)> = students.map(|(_, (person, browser))| (*person, browser)).collect();
    let learning = students.iter().map(|(person, _)| told(person, "learning")).collect();
    study_together(world, clock, students.into_iter().map(|(_, browser)| browser).collect()).await?;
    clock.advance_ms(part);
    let mut lives = Lives { paid: payers.len() + class.len(), learning, ..Lives::default() };
    if !class.is_empty() {
        teach_class(world, city, &class).await?;
        clock.advance_ms(part);
        let (sitting, before_test) = class.split_at(class.len() - BEFORE_TEST.min(class.len()));
        take_tests(world, clock, city, sitting).await?;
        let (finished, tested) = sitting.split_at(FINISHERS.min(sitting.len()));
        lives.before_test = before_test.iter().map(|person| told(person, "before_test")).collect();
        lives.finished = finished.iter().map(|person| told(person, "finished")).collect();
        lives.tested = tested.iter().map(|person| told(person, "tested")).collect();
    }
    Ok(lives)
}

fn told(person: &Person, role: &str) -> SignIn {
    let (phone, name) = (person.contact.phone.clone(), person.contact.name.clone());
    SignIn { phone, name, role: role.to_owned(), place: String::new() }
}

/// People of a unit whose names nobody shares there, without its clerk: so that a clerk finds them by name.
fn distinct(unit: &CityUnit) -> impl Iterator<Item = &Person> {
    let mut names: HashMap<&str, usize> = HashMap::new();
    for person in &unit.people {
        *names.entry(person.contact.name.as_str()).or_default() += 1;
    }
    let clerk = unit.clerk.phone.as_str();
    unit.people.iter().filter(move |person| names[person.contact.name.as_str()] == 1 && person.contact.phone != clerk)
}

/// A unit where classes are held, large enough for one.
fn class_unit(city: &City) -> Option<&CityUnit> {
    let fits = |unit: &&CityUnit| (CLASS + 2..=400).contains(&unit.people.len());
    let fitting = || city.units.iter().filter(fits);
    fitting().find(|unit| FACE_TO_FACE.contains(&unit.region_code.as_str())).or_else(|| fitting().next())
}

fn own_payers<'a>(city: &'a City, class_unit: Option<&CityUnit>) -> Vec<&'a Person> {
    let others = city.units.iter().filter(|unit| Some(unit.id) != class_unit.map(|unit| unit.id));
    others.flat_map(|unit| distinct(unit).skip(1).take(OWN_PAYERS_PER_UNIT)).take(OWN_PAYERS_MAX).collect()
}

async fn pay(world: &World, person: &Person) -> anyhow::Result<Browser> {
    let learner = sign_in(world, &person.contact.phone).await?;
    let order = cashier::open(&learner, world).await?;
    cashier::pay_on_phone(world, &order, FEE_YUAN).await?;
    cashier::until_paid(&learner, &order).await?;
    Ok(learner)
}

async fn pay_for_class(world: &World, unit: &CityUnit, class: &[&Person]) -> anyhow::Result<()> {
    let clerk = sign_in(world, &unit.clerk.phone).await?;
    let names: Vec<&str> = class.iter().map(|person| person.contact.name.as_str()).collect();
    let sum = jixue_core::money::Fen(4_000 * i64::try_from(class.len())?).yuan();
    let order = clerk::order_for(&clerk, world, &names, &sum).await?;
    cashier::pay_on_phone(world, &order, &sum).await?;
    cashier::until_paid(&clerk, &order).await
}

/// Somebody on the way through the first course.
struct Student {
    browser: Browser,
    lessons: VecDeque<String>,
    session: Option<Session>,
    beats_left: usize,
}

/// Everybody studies at the same time, each for a while of their own.
async fn study_together(world: &World, clock: &Clock, browsers: Vec<Browser>) -> anyhow::Result<()> {
    let count = browsers.len().max(1);
    let mut students = Vec::new();
    for (index, browser) in browsers.into_iter().enumerate() {
        let course = study::courses(&browser).await?.into_iter().next().context("no course")?;
        let lessons = study::lessons(&browser, &course).await?.into();
        students.push(Student { browser, lessons, session: None, beats_left: BEATS_MAX * (index + 1) / count });
    }
    for _ in 0..BEATS_MAX {
        for student in students.iter_mut().filter(|student| student.session.is_none() && student.beats_left > 0) {
            if let Some(lesson) = student.lessons.pop_front() {
                student.session = Some(study::begin(world, &student.browser, &lesson).await?);
            }
        }
        clock.advance_ms(BEAT_MS);
        try_join_all(students.iter_mut().map(play)).await?;
    }
    Ok(())
}

async fn play(student: &mut Student) -> anyhow::Result<()> {
    let Some(session) = student.session.as_mut().filter(|_| student.beats_left > 0) else {
        return Ok(());
    };
    student.beats_left -= 1;
    if session.tell(&student.browser, session.next_ms(BEAT_MS)).await? {
        student.session = None;
    }
    Ok(())
}

/// The officer confirms the list of the class, and the professional hours of some.
async fn teach_class(world: &World, city: &City, class: &[&Person]) -> anyhow::Result<()> {
    let officer = sign_in(world, &city.bureau_officer.phone).await?;
    let day = world.app.clock.now().business_date().to_string();
    let line = |person: &Person, subject: &str, hours: &str, title: &str| -> bureau::HoursLine {
        let (name, number) = (person.contact.name.clone(), person.identity_number.clone());
        let provider = "郴州市专业技术人员继续教育中心（演示）".to_owned();
        [name, number, subject.to_owned(), hours.to_owned(), title.to_owned(), provider, day.clone()]
    };
    let public = class.iter().map(|person| line(person, "公需科目", "30", "公需科目面授班"));
    let professional =
        class.iter().take(FINISHERS).map(|person| line(person, "专业科目", "60", "岗位专业知识与技能培训"));
    bureau::confirm_hours(&officer, &public.chain(professional).collect::<Vec<_>>()).await.map(drop)
}

/// Everybody of the class takes the test; the certificates follow by themselves.
async fn take_tests(world: &World, clock: &Clock, city: &City, class: &[&Person]) -> anyhow::Result<()> {
    let known = exam::knowledge(world, city.year).await?;
    let paper = exam::test_paper(world, city.year).await?;
    let taking = class.iter().enumerate().map(async |(index, person)| {
        let learner = sign_in(world, &person.contact.phone).await?;
        exam::take(&learner, &paper, &known).await?;
        let kind = if index < FINISHERS { Kind::Annual } else { Kind::PublicSubject };
        award::until_issued(&learner, kind).await.map(drop)
    });
    clock.advance_ms(HOUR_MS);
    try_join_all(taking).await.map(drop)
}
