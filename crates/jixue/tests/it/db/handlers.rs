//! The futures of the facade travel between threads: handlers and tasks compile on both engines.

use axum::extract::{Path, State};
use axum::routing::post;
use jixue::db::{Db, Tx, values};
use jixue::error::Result;
use tower::ServiceExt;

use super::{COUNTER_AMOUNT, add, amount, with_counters};
use crate::engines::on_both_engines;

struct Form {
    counter: i64,
    note: String,
}

/// A verb as the slices write them: a transaction, borrowed arguments, other verbs.
async fn book(tx: &Tx<'_>, form: &Form, amount: i64) -> Result<i64> {
    for _ in form.note.chars() {
        add(tx, form.counter, amount).await?;
    }
    tx.query_value(COUNTER_AMOUNT, values![form.counter]).await
}

async fn handle(State(db): State<Db>, Path(counter): Path<i64>) -> String {
    let form = Form { counter, note: "three".to_owned() };
    let booked = db.write(async move |tx: &Tx<'_>| book(tx, &form, 2).await).await;
    let read = db.read(async move |tx| tx.query_value::<i64>(COUNTER_AMOUNT, values![counter]).await).await;
    format!("{:?} {:?}", booked.ok(), read.ok())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_handler_writes_and_reads() {
    on_both_engines(async |_, db| {
        with_counters(&db).await;
        let router = axum::Router::new().route("/counter/{id}", post(handle)).with_state(db);
        let request = axum::http::Request::post("/counter/7").body(axum::body::Body::empty()).unwrap();
        let answer = router.oneshot(request).await.unwrap();
        let body = axum::body::to_bytes(answer.into_body(), 1_000).await.unwrap();
        assert_eq!(body, "Some(10) Some(10)");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_spawned_task_writes() {
    on_both_engines(async |_, db| {
        with_counters(&db).await;
        let (writer, form) = (db.clone(), Form { counter: 1, note: "ab".to_owned() });
        let task = tokio::spawn(async move { writer.write(async move |tx: &Tx<'_>| book(tx, &form, 1).await).await });
        assert_eq!(task.await.unwrap().unwrap(), 2);
        assert_eq!(amount(&db, 1).await, Some(2));
    })
    .await;
}
