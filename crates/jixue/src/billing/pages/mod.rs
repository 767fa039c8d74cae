//! Pages and machine doors of the slice.

pub(super) mod cashier;
mod machine;
mod money;
mod own_orders;
mod unit_orders;
mod words;

pub use unit_orders::confirm_found;

use crate::web::{Policy, Routes};
use jixue_core::role::Role;

pub fn routes(routes: Routes) -> Routes {
    routes
        .get("/orders", Policy::Learner, own_orders::index)
        .post("/orders", Policy::Learner, own_orders::create)
        .get("/orders/{order}", Policy::SignedIn, cashier::show)
        .post("/orders/{order}/payment-attempts", Policy::SignedIn, cashier::create_attempt)
        .post("/orders/{order}/closure", Policy::SignedIn, cashier::close)
        .get("/api/v1/orders/{order}", Policy::SignedIn, cashier::status)
        .get("/unit/orders", Policy::UNIT, unit_orders::index)
        .post("/unit/orders", Policy::UNIT, unit_orders::create)
        .get("/bureau/money", Policy::Hats(&[Role::BureauOfficer, Role::CountyOfficer, Role::Finance]), money::show)
        .post("/payment-notifications/wechat-pay", Policy::Machine, machine::wechat_pay)
}
