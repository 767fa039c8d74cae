//! Who may do what: the table in `docs/policy.csv`, the routes as declared, and what a server really answers.

use crate::engines::Engine;
use crate::test_app::TestApp;
use jixue::command::audit::{Asker, Cell, PolicyTable, TABLE, Verdict, matrix};
use jixue::web::{Declared, Policy, SENT_WHILE_LOOKING};
use reqwest::Method;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use tokio::sync::OnceCell;

fn may_enter(route: &Declared, asker: Asker) -> bool {
    match (route.policy, asker) {
        (Policy::Public, Asker::Looking) => reads(route),
        (Policy::Public, _) => true,
        (Policy::Machine | Policy::Operator, _) => false,
        (_, Asker::Stranger) => false,
        (Policy::SignedIn | Policy::Learner, Asker::Looking) => reads(route),
        (Policy::Hats(_), Asker::Looking) => false,
        (Policy::SignedIn, _) => true,
        (Policy::Learner, asker) => asker == Asker::Learner,
        (Policy::Hats(roles), Asker::Role(role)) => roles.contains(&role),
        (Policy::Hats(_), Asker::Learner) => false,
    }
}

/// Whoever looks at a learner's pages sends nothing but what ends it or changes their own browser.
fn reads(route: &Declared) -> bool {
    route.method == Method::GET || SENT_WHILE_LOOKING.contains(&route.path)
}

fn name(route: &Declared) -> String {
    format!("{} {}", route.method, route.path)
}

/// A route that the table does not know is one that nobody thought about.
#[tokio::test]
async fn the_table_knows_every_route_for_every_role() {
    let test = TestApp::start(Engine::Sqlite).await;
    let table = PolicyTable::read(TABLE).expect("docs/policy.csv");
    let routes = jixue::routes(&test);
    let (mut missing, mut known) = (String::new(), BTreeSet::new());
    for route in routes.declared() {
        for asker in Asker::all() {
            known.insert((asker.code().to_owned(), name(route)));
            if table.line(asker, &name(route)).is_none() {
                let verdict = if may_enter(route, asker) { "allow" } else { "deny" };
                let six = [verdict; 6].join(",");
                writeln!(missing, "{},{},{},{six}", asker.code(), route.method, route.path).unwrap();
            }
        }
    }
    assert!(missing.is_empty(), "lines to think about and to add to docs/policy.csv:\n{missing}");
    let written: BTreeSet<_> = table.keys().map(|(role, route)| (role.to_owned(), route.to_owned())).collect();
    let stale: Vec<_> = written.difference(&known).collect();
    assert!(stale.is_empty(), "lines of routes that are gone: {stale:?}");
}

/// The table must not promise what the door refuses, nor refuse a role everything that the door lets in.
#[tokio::test]
async fn the_table_says_what_the_routes_declare() {
    let test = TestApp::start(Engine::Sqlite).await;
    let table = PolicyTable::read(TABLE).expect("docs/policy.csv");
    for route in jixue::routes(&test).declared() {
        for asker in Asker::all() {
            let line = table.line(asker, &name(route)).expect("a line");
            let is_shut = line.iter().all(|verdict| *verdict == Verdict::Deny);
            match route.policy {
                Policy::Hats(_) | Policy::Learner | Policy::SignedIn | Policy::Public if asker == Asker::Looking => {
                    assert_eq!(is_shut, !may_enter(route, asker), "{} {}", asker.code(), name(route));
                }
                Policy::Hats(_) | Policy::Learner => {
                    assert_eq!(is_shut, !may_enter(route, asker), "{} {}", asker.code(), name(route));
                    assert!(is_shut || line.contains(&Verdict::Allow), "{} {}", asker.code(), name(route));
                }
                Policy::SignedIn if asker == Asker::Stranger => assert!(is_shut, "{}", name(route)),
                Policy::Machine | Policy::Operator => assert!(!line.contains(&Verdict::Allow), "{}", name(route)),
                Policy::SignedIn | Policy::Public => {}
            }
        }
    }
}

/// The matrix, asked once for all the tests below.
async fn cells() -> &'static [Cell] {
    static CELLS: OnceCell<Vec<Cell>> = OnceCell::const_new();
    CELLS.get_or_init(async || matrix().await.expect("the matrix is asked")).await
}

/// Every cell that `concerns` a case is as the table says, and there are at least `least` of them.
async fn holds(least: usize, concerns: impl Fn(&Cell) -> bool) {
    let cells: Vec<&Cell> = cells().await.iter().filter(|cell| concerns(cell)).collect();
    let wrong: Vec<String> = cells.iter().filter(|cell| cell.got != cell.expected).map(ToString::to_string).collect();
    let shown = wrong.iter().take(400).cloned().collect::<Vec<_>>().join("\n");
    assert!(wrong.is_empty(), "{} of {} cells:\n{shown}", wrong.len(), cells.len());
    assert!(cells.len() >= least, "{} cells", cells.len());
    println!("{} cells", cells.len());
}

fn changes(cell: &Cell) -> bool {
    !cell.route.starts_with("GET ")
}

/// What the server answers to every role is what the table says, cell for cell.
#[tokio::test(flavor = "multi_thread")]
async fn every_cell_of_the_matrix_is_as_the_table_says() {
    holds(20_000, |_| true).await;
    let cells = cells().await;
    let different: BTreeSet<_> = cells.iter().map(|cell| (cell.role, &cell.route, &cell.object)).collect();
    assert_eq!(different.len(), cells.len(), "a cell is counted twice");
}

/// Source: reliability.md §2, case 1 (CVE-2026-30884): an id of another's thing changes nothing.
#[tokio::test(flavor = "multi_thread")]
async fn attack_case_01_an_id_is_worth_nothing_outside_its_place() {
    let not_own = ["sibling", "parent", "foreign", "deleted"];
    holds(500, |cell| changes(cell) && cell.route.contains('{') && not_own.contains(&cell.object.as_str())).await;
}

/// Source: reliability.md §2, case 2 (frappe/lms#2133): who owns a thing is never taken from what is sent.
#[tokio::test(flavor = "multi_thread")]
async fn attack_case_02_claimed_owners_change_no_answer() {
    holds(5_000, |cell| cell.object.ends_with("_claimed")).await;
    let got: BTreeMap<_, _> =
        cells().await.iter().map(|cell| ((cell.role, &cell.route, cell.object.as_str()), cell.got)).collect();
    for ((role, route, object), verdict) in &got {
        if let Some(plain) = object.strip_suffix("_claimed") {
            assert_eq!(Some(verdict), got.get(&(*role, *route, plain)), "{role} {route} {object}");
        }
    }
}

/// Source: reliability.md §2, case 7 (CVE-2023-23923): one's own page changes nobody else's.
#[tokio::test(flavor = "multi_thread")]
async fn attack_case_07_hats_and_deputies_are_ones_own() {
    let own = ["POST /session/hat", "POST /me/deputies"];
    holds(300, |cell| own.contains(&cell.route.as_str())).await;
    let taken = cells().await.iter().filter(|cell| own.contains(&cell.route.as_str()) && cell.got == Verdict::Allow);
    assert!(taken.clone().count() > 0, "one's own can be worn");
    for cell in taken {
        assert!(!["sibling", "child", "parent", "foreign", "deleted"].contains(&cell.object.as_str()), "{cell}");
    }
}

/// Source: reliability.md §2, case 10 (GHSA-h4hq-rgvh-wh27): who may only look changes nothing but their own session.
#[tokio::test(flavor = "multi_thread")]
async fn attack_case_10_who_may_only_look_changes_nothing() {
    let lookers = ["expert", "support", "finance", "review_board", "system_administrator", "audit_administrator"];
    let ones_own = [
        "POST /activation",
        "POST /activation/completion",
        "POST /audit-people",
        "POST /learner-views",
        "POST /learner-views/ending",
        "POST /me/consents",
        "POST /me/deputies",
        "POST /me/notice",
        "POST /preferences",
        "POST /registration",
        "POST /session",
        "POST /session/ending",
        "POST /session/hat",
        "POST /verify",
    ];
    holds(3_000, |cell| lookers.contains(&cell.role) && changes(cell)).await;
    for cell in cells().await.iter().filter(|cell| lookers.contains(&cell.role) && changes(cell)) {
        let is_own = cell.route.starts_with("POST /me/") || cell.route.starts_with("POST /sign-in/");
        assert!(cell.got != Verdict::Allow || is_own || ones_own.contains(&cell.route.as_str()), "{cell}");
    }
}

/// Source: reliability.md §2, case 10: whoever sees what a learner sees cannot act in the learner's place.
#[tokio::test(flavor = "multi_thread")]
async fn attack_case_10_looking_at_a_learner_changes_nothing() {
    holds(1_000, |cell| cell.role == "support_looking").await;
    let done = cells().await.iter().filter(|cell| cell.role == "support_looking" && changes(cell));
    let done: BTreeSet<&str> = done.filter(|cell| cell.got == Verdict::Allow).map(|cell| cell.route.as_str()).collect();
    let may = SENT_WHILE_LOOKING.map(|path| format!("POST {path}"));
    assert_eq!(done, may.iter().map(String::as_str).collect());
}

/// Tools read the cells by these names.
#[test]
fn a_cell_is_told_by_five_names() {
    let cell = Cell {
        role: "learner",
        route: "GET /orders/{order}".to_owned(),
        object: "sibling".to_owned(),
        expected: Verdict::NotFound,
        got: Verdict::Allow,
    };
    let told = serde_json::to_value(&cell).unwrap();
    let expected = serde_json::json!({
        "role": "learner", "route": "GET /orders/{order}", "object": "sibling",
        "expected": "not_found", "got": "allow",
    });
    assert_eq!(told, expected);
}
