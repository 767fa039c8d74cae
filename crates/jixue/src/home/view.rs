//! The page in words and figures.

use super::next_step::NextStep;
use super::reading::Current;
use crate::billing::Payable;
use crate::certificate::StoredCertificate;
use crate::credit::LearnerStanding;
use crate::i18n::Texts;
use jixue_core::credit::{ExamStanding, Hours, Missing, Part, Standing};
use jixue_core::fact::CertificateKind;
use jixue_core::time::{BusinessDate, Year};

/// Days before the close from which it is said in amber.
const CLOSE_DAYS: i64 = 30;

/// One of the two meters.
pub(super) struct Meter {
    pub label: &'static str,
    pub earned: Hours,
    pub required: Hours,
}

impl Meter {
    fn of(label: &'static str, part: &Part) -> Self {
        Self { label, earned: part.earned_hours, required: part.required_hours }
    }
}

/// A step of the year: class of its tag, the tag's word, what it is, and what is known of it.
pub(super) struct Step {
    pub tag: (&'static str, &'static str),
    pub title: String,
    pub note: String,
}

/// The large button, and the words below it.
pub(super) struct Action {
    pub kind: ActionKind,
    pub label: String,
    pub note: String,
}

pub(super) enum ActionKind {
    Link(String),
    /// The order is placed by a form: a link must not spend anything.
    Order,
    /// Nothing to press; the label is a sentence.
    None,
}

pub(super) struct ThisYear {
    pub year: Year,
    pub tag: (&'static str, &'static str),
    /// Hours still missing; nothing when the hours are complete.
    pub missing: Option<Hours>,
    pub counted: Hours,
    pub required: Hours,
    pub meters: [Meter; 2],
    pub sentence: String,
    pub closes: (&'static str, String),
    /// An exemption takes the year off.
    pub is_exempt: bool,
    pub action: Action,
    pub steps: Vec<Step>,
}

pub(super) struct EarlierYear {
    pub year: Year,
    pub missing: String,
    pub note: String,
    pub is_open: bool,
}

pub(super) struct CertificateLine {
    pub title: String,
    pub note: String,
}

/// What a learner must still earn in all: the sum of the gaps, or of the total's where that is more. A surplus in one
/// subject fills no gap in another.
fn missing_hours(standing: &Standing) -> Hours {
    let parts = standing.public.gap_hours.0 + standing.professional.gap_hours.0;
    Hours(parts.max(standing.total.gap_hours.0))
}

/// What is missing, in words.
fn missing_words(t: &Texts, missing: Missing) -> String {
    let arguments = match missing {
        Missing::PublicHours { gap } | Missing::ProfessionalHours { gap } | Missing::AnyHours { gap } => {
            vec![("gap", gap.to_string())]
        }
        Missing::Exam | Missing::Nothing | Missing::Waived => Vec::new(),
    };
    t.code(missing.code(), &arguments)
}

pub(super) fn this_year(t: &Texts, current: &Current, today: BusinessDate) -> ThisYear {
    let LearnerStanding { programme, standing, .. } = &current.standing;
    let missing = if standing.waived { Hours(0) } else { missing_hours(standing) };
    let required = standing.total.required_hours;
    ThisYear {
        year: programme.year,
        tag: tag(t, &current.standing),
        missing: (missing.0 > 0).then_some(missing),
        counted: required.saturating_sub(missing),
        required,
        meters: [
            Meter::of(t.home_public(), &standing.public),
            Meter::of(t.home_professional(), &standing.professional),
        ],
        sentence: missing_words(t, standing.next),
        closes: closes(t, programme.closes_on, standing.annual_met || standing.waived, today),
        action: action(t, &current.next),
        is_exempt: standing.waived && !standing.annual_met,
        steps: if current.next == NextStep::NothingAsked { Vec::new() } else { steps(t, current) },
    }
}

fn tag(t: &Texts, standing: &LearnerStanding) -> (&'static str, &'static str) {
    match standing {
        LearnerStanding { standing, .. } if standing.annual_met => ("done", t.home_finished()),
        LearnerStanding { standing, .. } if standing.waived => ("done", t.home_exempt()),
        LearnerStanding { learning_at: Some(_), .. } => ("now", t.home_learning()),
        LearnerStanding { paid_at: Some(_), .. } => ("now", t.home_open()),
        _ => ("due", t.home_not_begun()),
    }
}

fn closes(t: &Texts, closes_on: BusinessDate, is_met: bool, today: BusinessDate) -> (&'static str, String) {
    match today.days_until(closes_on) {
        _ if is_met => ("muted", String::new()),
        days if days < 0 => ("is-late", t.home_closed(closes_on)),
        days if days <= CLOSE_DAYS => ("is-due", t.home_closes(closes_on, days)),
        days => ("muted", t.home_closes(closes_on, days)),
    }
}

fn action(t: &Texts, next: &NextStep) -> Action {
    let link = |address: String, label: String, note: &str| Action {
        kind: ActionKind::Link(address),
        label,
        note: note.to_owned(),
    };
    let plain = |address: &str, label: &str, note: &str| link(address.to_owned(), label.to_owned(), note);
    match next {
        NextStep::Pay { amount } => {
            Action { kind: ActionKind::Order, label: t.home_pay(amount), note: t.home_pay_note().to_owned() }
        }
        NextStep::GoOnPaying { order } => link(format!("/orders/{order}"), t.home_go_on_paying().to_owned(), ""),
        NextStep::WaitForUnit => {
            Action { kind: ActionKind::None, label: t.home_unit_pays().to_owned(), note: String::new() }
        }
        NextStep::Study(lesson) => {
            let (course, title) = (lesson.course_title.pick(t), lesson.title.pick(t));
            let label = if lesson.is_begun() { t.home_go_on(course, title) } else { t.home_begin(course, title) };
            let minutes = (lesson.left_ms() + 59_999) / 60_000;
            link(format!("/lessons/{}", lesson.lesson), label, &t.home_minutes_left(minutes))
        }
        NextStep::SitTest { paper, is_again } => {
            let label = if *is_again { t.home_test_again() } else { t.home_test() };
            plain(&format!("/papers/{paper}"), label, t.home_test_note())
        }
        NextStep::GoOnWithTest { attempt } => plain(&format!("/exam-attempts/{attempt}"), t.home_go_on_with_test(), ""),
        NextStep::SeeTest { paper } => plain(&format!("/papers/{paper}"), t.home_see_test(), t.home_no_tries()),
        NextStep::SeeCertificate => plain("/certificates", t.home_see_certificate(), ""),
        NextStep::WaitForCertificate => plain("/certificates", t.home_see_certificate(), t.home_being_made()),
        NextStep::NothingAsked => plain("/credit", t.home_see_archive(), t.home_exempt_note()),
        NextStep::SeeArchive => plain("/credit", t.home_see_archive(), t.home_confirmed_note()),
    }
}

/// The year in steps; the first that is not done is the one to do.
fn steps(t: &Texts, current: &Current) -> Vec<Step> {
    let standing = &current.standing.standing;
    let mut steps: Vec<(bool, String, String)> = Vec::new();
    match current.payable {
        Some(Payable::NotOffered) => {}
        Some(Payable::AlreadyPaid { by_unit: true }) => {
            steps.push((true, t.home_step_pay().to_owned(), t.home_paid_by_unit().to_owned()));
        }
        Some(Payable::UnitPays) => {
            steps.push((false, t.home_step_pay().to_owned(), t.home_unit_pays_short().to_owned()));
        }
        payable => {
            let is_paid = !matches!(payable, Some(Payable::Due { .. } | Payable::Open { .. }));
            steps.push((is_paid, t.home_step_pay().to_owned(), String::new()));
        }
    }
    steps.push(part_step(t, t.home_public(), &standing.public));
    if standing.exam != ExamStanding::NotRequired {
        let pass_score = current.standing.programme.rules.exam_pass_score;
        let is_passed = standing.exam == ExamStanding::Passed;
        steps.push((is_passed, t.home_step_test().to_owned(), t.home_step_test_note(pass_score)));
    }
    steps.push(part_step(t, t.home_professional(), &standing.professional));
    steps.push((
        current.next == NextStep::SeeCertificate,
        t.home_step_certificate().to_owned(),
        t.home_step_certificate_note().to_owned(),
    ));
    let now = steps.iter().position(|(is_done, _, _)| !is_done);
    let tagged = steps.into_iter().enumerate().map(|(index, (is_done, title, note))| Step {
        tag: match is_done {
            true => ("done", t.home_state_done()),
            false if now == Some(index) => ("now", t.home_state_now()),
            false => ("", t.home_state_later()),
        },
        title,
        note,
    });
    tagged.collect()
}

fn part_step(t: &Texts, label: &str, part: &Part) -> (bool, String, String) {
    let note = if part.met { String::new() } else { t.home_step_gap(part.gap_hours) };
    (part.met, t.home_step_hours(label, part.required_hours), note)
}

/// An earlier year that is not complete; nothing for one that is.
pub(super) fn earlier_year(t: &Texts, earlier: &LearnerStanding, today: BusinessDate) -> Option<EarlierYear> {
    let LearnerStanding { programme, standing, .. } = earlier;
    if standing.annual_met || standing.waived {
        return None;
    }
    let missing = missing_hours(standing);
    let is_open = programme.is_open_on(today);
    Some(EarlierYear {
        year: programme.year,
        missing: match missing.0 {
            0 => t.home_earlier_test(programme.year),
            _ => t.home_earlier_missing(programme.year, missing),
        },
        note: if is_open {
            t.home_earlier_open(programme.closes_on)
        } else {
            t.home_earlier_closed(programme.closes_on)
        },
        is_open,
    })
}

pub(super) fn certificate_line(t: &Texts, stored: &StoredCertificate) -> CertificateLine {
    let (certificate, year) = (&stored.certificate, stored.certificate.year);
    let title = match certificate.kind {
        CertificateKind::PublicSubject => t.certificate_kind_of_year_public(year),
        CertificateKind::Annual => t.certificate_kind_of_year_annual(year),
    };
    let note = match stored.issued_at {
        _ if stored.is_being_made() => t.certificate_state_being_made().to_owned(),
        Some(_) if !stored.is_in_force() => t.home_not_in_force().to_owned(),
        Some(at) => t.certificate_issued_of(at.business_date()),
        None => String::new(),
    };
    CertificateLine { title, note }
}
