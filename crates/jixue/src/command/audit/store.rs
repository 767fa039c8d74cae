//! SQL of the audit: takes away what was there, and looks whether a request has changed a thing.

use super::carried::Thing;
use crate::db::{Tx, values};
use crate::error::Result;
use jixue_core::id::{
    AccountId, ActivationId, ExemptionId, FactorId, GrantId, LearnerId, LearnerViewId, MoveId, PayerId, RecoveryId,
    RegistrationId, SavedViewId, UnitId, UnitMoveId,
};
use jixue_core::time::Timestamp;

crate::db::statements! {
    DELETE_ORDERS = "DELETE FROM purchase_order WHERE payer_id = $1";
    DELETE_ORDER_LINES = "DELETE FROM order_line WHERE payer_id = $1";
    CANCEL_ORDERS = "UPDATE purchase_order SET state = 'cancelled', ended_at = $2, ended_by = 0 WHERE payer_id = $1";
    DELETE_CERTIFICATES = "DELETE FROM certificate WHERE learner_id = $1";
    DELETE_ATTEMPTS = "DELETE FROM exam_attempt WHERE learner_id = $1";
    DELETE_ROSTER = "DELETE FROM roster_import WHERE import_id = $1";
    DELETE_UNIT_LIST = "DELETE FROM list_import WHERE import_id = $1";
    DELETE_SHEET = "DELETE FROM waiting_sheet WHERE sheet_id = $1";
    DELETE_CONFIRMED = "DELETE FROM confirmed_import WHERE import_id = $1";
    SEED_MOVE = "INSERT INTO employment_move (move_id, learner_id, from_unit, to_unit, department, state, asked_by, asked_at,
            answer)
        VALUES ($1, $2, $3, $4, '', 'asked', 0, $5, '')";
    SEED_UNIT_MOVE = "INSERT INTO unit_move (move_id, unit_id, from_region, to_region, state, reason, asked_by, asked_at)
        VALUES ($1, $2, $3, $4, 'asked', '审计演练', 0, $5)";
    UNIT_MOVE_STATE = "SELECT state FROM unit_move WHERE move_id = $1";
    SEED_EXEMPTION = "INSERT INTO exemption (learner_id, exemption_id, sort, from_on, until_on, reason, state, asked_by,
            asked_at)
        VALUES ($1, $2, $3, 20300101, 20301231, '审计演练', $4, 0, $5)";
    EXEMPTION_STATE = "SELECT state FROM exemption WHERE exemption_id = $1";
    ORDER_STATE = "SELECT state FROM purchase_order WHERE order_id = $1";
    ROSTER_STATE = "SELECT state FROM roster_import WHERE import_id = $1";
    UNIT_LIST_STATE = "SELECT state FROM list_import WHERE import_id = $1";
    CONFIRMED_STATE = "SELECT state FROM confirmed_import WHERE import_id = $1";
    ATTEMPT_STATE = "SELECT CASE WHEN handed_in_at IS NULL THEN 'open' ELSE 'handed_in' END FROM exam_attempt
        WHERE attempt_id = $1";
    GRANT_STATE = "SELECT CASE WHEN revoked_at IS NULL THEN 'held' ELSE 'taken' END FROM role_grant WHERE grant_id = $1";
    KEEP_LOOKING = "UPDATE learner_view SET ends_at = ends_at + 86400000 WHERE view_id = $1";
    FACTOR_STATE = "SELECT CASE WHEN removed_at IS NULL THEN 'kept' ELSE 'removed' END FROM second_factor
        WHERE factor_id = $1";
    INSERT_VIEW = "INSERT INTO saved_view (account_id, view_id, list, name, query)
        VALUES ($1, $2, 'unit_people', $3, 'state=required')";
    INSERT_FACTOR = "INSERT INTO second_factor (account_id, factor_id, kind, label, secret_sealed, added_at)
        VALUES ($1, $2, 'totp', '', $3, $4)";
    REGISTRATION_STATE = "SELECT state FROM registration WHERE registration_id = $1";
    INSERT_REGISTRATION = "INSERT INTO registration (registration_id, kind, uscc, unit_name, region_code, industry,
            contact_name, phone_index, phone_sealed, phone_masked, state, asked_at)
        VALUES ($1, 'firm', $3, '审计公司', $2, 'other', '周敏', $4, $4, '136****0000', 'asked', $5)";
    ACTIVATION_STATE = "SELECT state FROM activation_request WHERE request_id = $1";
    RECOVERY_STATE = "SELECT CASE WHEN confirmed_at IS NULL THEN 'open' ELSE 'done' END FROM recovery
        WHERE recovery_id = $1";
    INSERT_ACTIVATION = "INSERT INTO activation_request (request_id, identity_index, learner_id, phone_index, phone_sealed,
            phone_masked, state, asked_at)
        SELECT $1, i.identity_index, i.learner_id, l.phone_sealed, l.phone_sealed, '139****0000', 'asked', $3
        FROM identity_index i JOIN learner l ON l.learner_id = i.learner_id WHERE i.learner_id = $2";
    INSERT_RECOVERY = "INSERT INTO recovery (recovery_id, account_id, reason, opened_by, opened_at, expires_at)
        SELECT $1, account_id, '审计演练', 1, $3, $4 FROM role_grant WHERE grant_id = $2";
    GIVE_BACK = "UPDATE role_grant SET revoked_at = NULL, revoked_by = NULL, revoked_reason = NULL WHERE grant_id = $1";
}

pub(super) async fn delete_orders(tx: &Tx<'_>, payer: PayerId) -> Result<()> {
    tx.execute(DELETE_ORDER_LINES, values![payer]).await?;
    tx.execute(DELETE_ORDERS, values![payer]).await.map(drop)
}

pub(super) async fn cancel_orders(tx: &Tx<'_>, payer: PayerId, now: Timestamp) -> Result<()> {
    tx.execute(CANCEL_ORDERS, values![payer, now]).await.map(drop)
}

/// Somebody's way between two units, as one of them asked for it.
pub(super) async fn seed_move(
    tx: &Tx<'_>,
    number: MoveId,
    learner: LearnerId,
    (from, to): (UnitId, UnitId),
    now: Timestamp,
) -> Result<()> {
    tx.execute(SEED_MOVE, values![number, learner, from, to, now]).await.map(drop)
}

/// A unit's way between two counties.
pub(super) async fn seed_unit_move(
    tx: &Tx<'_>,
    number: UnitMoveId,
    unit: UnitId,
    (from, to): (&str, &str),
    now: Timestamp,
) -> Result<()> {
    tx.execute(SEED_UNIT_MOVE, values![number, unit, from, to, now]).await.map(drop)
}

/// An exemption of somebody, of a sort and in a state.
pub(super) async fn seed_exemption(
    tx: &Tx<'_>,
    number: ExemptionId,
    learner: LearnerId,
    (sort, state): (&str, &str),
    now: Timestamp,
) -> Result<()> {
    tx.execute(SEED_EXEMPTION, values![learner, number, sort, state, now]).await.map(drop)
}

/// Deletes what a learner, or an import, of this number has of a kind.
pub(super) async fn delete(tx: &Tx<'_>, thing: Thing, number: i64) -> Result<()> {
    let statement = match thing {
        Thing::Certificate => DELETE_CERTIFICATES,
        Thing::Attempt => DELETE_ATTEMPTS,
        Thing::Roster => DELETE_ROSTER,
        Thing::Confirmed => DELETE_CONFIRMED,
        Thing::UnitList => DELETE_UNIT_LIST,
        Thing::Sheet => DELETE_SHEET,
        _ => return delete_orders(tx, PayerId::from_raw(number)).await,
    };
    tx.execute(statement, values![number]).await.map(drop)
}

/// How a thing stands, for the kinds that requests change; `None` when it is not there.
pub(super) async fn state(tx: &Tx<'_>, thing: Thing, number: i64) -> Result<Option<String>> {
    let statement = match thing {
        Thing::Order => ORDER_STATE,
        Thing::Roster | Thing::AppliedRoster => ROSTER_STATE,
        Thing::Confirmed => CONFIRMED_STATE,
        Thing::UnitList | Thing::AppliedUnitList => UNIT_LIST_STATE,
        Thing::Attempt => ATTEMPT_STATE,
        Thing::Grant => GRANT_STATE,
        Thing::Factor => FACTOR_STATE,
        Thing::Activation => ACTIVATION_STATE,
        Thing::Registration => REGISTRATION_STATE,
        Thing::Recovery => RECOVERY_STATE,
        Thing::UnitMoveIn | Thing::UnitMoveOut => UNIT_MOVE_STATE,
        Thing::Exemption | Thing::Granted => EXEMPTION_STATE,
        _ => return Ok(None),
    };
    tx.query_value_optional(statement, values![number]).await
}

/// An app of an account.
pub(super) async fn insert_factor(
    tx: &Tx<'_>,
    account: AccountId,
    factor: FactorId,
    sealed: &[u8],
    now: Timestamp,
) -> Result<()> {
    tx.execute(INSERT_FACTOR, values![account, factor, sealed, now]).await.map(drop)
}

/// A filter of an account.
pub(super) async fn insert_saved_view(tx: &Tx<'_>, account: AccountId, view: SavedViewId) -> Result<()> {
    tx.execute(INSERT_VIEW, values![account, view, view.to_string()]).await.map(drop)
}

/// A request for activation of a learner.
pub(super) async fn insert_activation(
    tx: &Tx<'_>,
    request: ActivationId,
    learner: LearnerId,
    asked_at: Timestamp,
) -> Result<()> {
    tx.execute(INSERT_ACTIVATION, values![request, learner, asked_at]).await.map(drop)
}

/// A firm of a region that asks, with a code and a sealed phone.
pub(super) async fn insert_registration(
    tx: &Tx<'_>,
    registration: RegistrationId,
    (region, uscc): (&str, &str),
    phone: &[u8],
    now: Timestamp,
) -> Result<()> {
    tx.execute(INSERT_REGISTRATION, values![registration, region, uscc, phone, now]).await.map(drop)
}

/// A recovery of the account that holds a grant, opened by somebody else.
pub(super) async fn insert_recovery(tx: &Tx<'_>, recovery: RecoveryId, grant: GrantId, now: Timestamp) -> Result<()> {
    tx.execute(INSERT_RECOVERY, values![recovery, grant, now, now.plus_days(1)]).await.map(drop)
}

/// Gives a grant back that a request has taken away, so that the next one meets it too.
pub(super) async fn give_back(tx: &Tx<'_>, grant: i64) -> Result<()> {
    tx.execute(GIVE_BACK, values![grant]).await.map(drop)
}

/// Lets a view last a day longer.
pub(super) async fn keep_looking(tx: &Tx<'_>, view: LearnerViewId) -> Result<()> {
    tx.execute(KEEP_LOOKING, values![view]).await.map(drop)
}
