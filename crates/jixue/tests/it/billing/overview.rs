//! What officers see of money, and that a recount finds what is wrong.

use super::city::{COUNTY, City, FEE};
use crate::engines::engines;
use jixue::billing::{Fault, check_choice, money_overview, order_of, payments_of_learner, recount};
use jixue::db::{Tx, values};
use jixue_core::id::{AccountId, LearnerId};
use jixue_core::money::Fen;
use jixue_core::role::Role;
use jixue_core::scope::{Reach, Scope};
use jixue_simulators::Faults;

fn region(code: &str) -> Reach {
    Reach::Region { region_code: code.to_owned() }
}

/// A county's officer sees the county's money; the city's sees the books and what belongs to nobody yet.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn officers_see_the_money_of_their_region() {
    for engine in engines() {
        let city = City::start(engine).await;
        let root = city.official("13900000001", Role::BureauOfficer, region("431000")).await;
        let county = city.official("13900000002", Role::CountyOfficer, region(COUNTY)).await;
        let neighbour = city.official("13900000003", Role::CountyOfficer, region("431022")).await;
        let (fine, odd) = (city.learner(1).await, city.learner(2).await);
        let order = fine.order(&city).await;
        city.simulator.pay(&city.number(order).await).unwrap();
        fine.waits_until_paid(order).await;
        let order = odd.order(&city).await;
        city.simulator.set_faults(Faults { paid_amount_delta_fen: 1, ..Faults::default() });
        city.simulator.pay(&city.number(order).await).unwrap();
        super::city::eventually("it lies in suspense", async || odd.state(order).await == "suspended").await;
        let (_, page) = root.get("/bureau/money").await;
        for expected in ["¥40.00", "¥40.01", "金额与订单不一致", "请人核对", "2202", "借贷相等", "周桂英"]
        {
            assert!(page.contains(expected), "{expected} is missing in {page}");
        }
        let (_, page) = county.get("/bureau/money").await;
        assert!(page.contains("¥40.01") && page.contains("周桂英") && !page.contains("借贷相等"), "{page}");
        let (_, page) = neighbour.get("/bureau/money").await;
        assert!(!page.contains("¥40.0") && !page.contains("周桂英"), "{page}");
        assert_eq!(fine.get("/bureau/money").await.0, 403);
        city.ends_well().await;
    }
}

/// What each kind of scope finds of two learners' money: orders in the sums, money in suspense, settled orders with
/// their payers' names, seats of the first learner.
async fn found(city: &City, reach: Reach, learner: LearnerId) -> [i64; 4] {
    let (at, scope) = (city.at(), Scope::granted(AccountId::from_raw(1), reach));
    let read = async move |tx: &Tx<'_>| {
        let money = money_overview(tx, &at, &scope, false).await?;
        let seats = payments_of_learner(tx, &scope, learner).await?;
        let orders = money.sums.iter().map(|sum| sum.orders).sum();
        Ok([orders, money.suspense.len() as i64, money.last_paid.len() as i64, seats.len() as i64])
    };
    city.db.read(read).await.expect("a read")
}

/// A training base teaches; who paid, for whom and how much is not its staff's to read, whatever page asks. The same
/// guard stands before other units and other learners.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_base_and_strangers_see_nobodys_order_lines() {
    for engine in engines() {
        let city = City::start(engine).await;
        let (fine, odd) = (city.learner(1).await, city.learner(2).await);
        let clerk = city.clerk().await;
        let order = fine.order(&city).await;
        city.simulator.pay(&city.number(order).await).unwrap();
        fine.waits_until_paid(order).await;
        let other = odd.order(&city).await;
        city.simulator.set_faults(Faults { paid_amount_delta_fen: 1, ..Faults::default() });
        city.simulator.pay(&city.number(other).await).unwrap();
        super::city::eventually("it lies in suspense", async || odd.state(other).await == "suspended").await;
        let third = city.people(city.unit, 3, 1).await;
        super::units::order_through_pages(&city, &clerk, &third).await;
        let elsewhere = city.another_unit("桂阳县第二人民医院").await;
        let base = city.db.read(async |tx: &Tx<'_>| jixue::org::bases(tx).await).await.unwrap()[0].id;
        let payer = fine.learner;
        for (reach, expected) in [
            (Reach::Everybody, [3, 1, 1, 1]),
            (region(COUNTY), [3, 1, 1, 1]),
            (region("431022"), [0; 4]),
            (Reach::Base { base }, [0; 4]),
            (Reach::Unit { unit: city.unit }, [1, 0, 0, 1]),
            (Reach::Unit { unit: elsewhere }, [0; 4]),
            (Reach::Learner { learner: payer }, [1, 0, 1, 1]),
            (Reach::Learner { learner: odd.learner }, [1, 1, 0, 0]),
        ] {
            assert_eq!(found(&city, reach.clone(), payer).await, expected, "{reach:?}");
        }
        let (at, subject, unit) = (city.at(), city.subject(), city.unit);
        let scope = Scope::granted(AccountId::from_raw(1), Reach::Base { base });
        let chosen = async move |tx: &Tx<'_>| {
            let hidden = order_of(tx, &scope, order).await.is_err();
            Ok((hidden, check_choice(tx, &at, &scope, unit, subject, &[payer]).await?))
        };
        let (hidden, choice) = city.db.read(chosen).await.unwrap();
        assert!(hidden && choice.wanted.is_empty() && choice.exceptions.is_empty(), "{choice:?}");
        assert_eq!(choice.strangers, 1);
        city.ends_well().await;
    }
}

const LOSE_A_LINE: &str = "DELETE FROM ledger_line WHERE line_no = $1";
const FORGET_SUSPENSE: &str = "DELETE FROM suspense WHERE base_id > $1";
const CHANGE_A_TRADE: &str = "UPDATE gateway_trade SET amount_fen = amount_fen + $1";
const CLOSE_A_LINE: &str = "UPDATE order_line SET state = 'paid' WHERE amount_fen > $1";

/// A recount that finds nothing whatever is wrong would guard nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_recount_finds_each_planted_fault() {
    type Expected = fn(&Fault) -> bool;
    let plants: [(&'static str, i64, Expected); 4] = [
        (LOSE_A_LINE, 2, |fault| matches!(fault, Fault::EntryDamaged { .. })),
        (FORGET_SUSPENSE, 0, |fault| matches!(fault, Fault::SuspenseDiffers { booked: Fen(4_001), open: Fen(0), .. })),
        (CHANGE_A_TRADE, 1, |fault| matches!(fault, Fault::GatewayDiffers { .. })),
        (CLOSE_A_LINE, 0, |fault| matches!(fault, Fault::PrepaymentDiffers { unopened: FEE_TWICE, .. })),
    ];
    for engine in engines() {
        for (sql, value, expected) in plants {
            let city = City::start(engine).await;
            let (fine, odd) = (city.learner(1).await, city.learner(2).await);
            let order = fine.order(&city).await;
            city.simulator.pay(&city.number(order).await).unwrap();
            fine.waits_until_paid(order).await;
            let order = odd.order(&city).await;
            city.simulator.set_faults(Faults { paid_amount_delta_fen: 1, ..Faults::default() });
            city.simulator.pay(&city.number(order).await).unwrap();
            super::city::eventually("it lies in suspense", async || odd.state(order).await == "suspended").await;
            city.ends_well().await;
            city.db.write(async move |tx: &Tx<'_>| tx.execute(sql, values![value]).await).await.unwrap();
            let found = city.db.read_bulk(async |tx: &Tx<'_>| recount(tx).await).await.unwrap();
            assert!(found.faults.iter().any(expected), "{sql}: {:?}", found.faults);
        }
    }
}

/// Both learners' lines stand as paid and unopened after the plant.
const FEE_TWICE: Fen = Fen(FEE.0 * 2);
