//! A door that catches truly signed notifications on their way, so that a test decides when and how they arrive.

use super::city::{City, Person, eventually};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use jixue::app::App;
use jixue::billing::{Raw, begin_attempt, place_own};
use jixue::config::Config;
use jixue::db::Tx;
use jixue_core::id::OrderId;
use jixue_core::proof::Channel;
use std::sync::{Arc, Mutex};

type Caught = Arc<Mutex<Vec<(String, HeaderMap, Vec<u8>)>>>;

/// A second node whose notifications go astray.
pub struct Catcher {
    pub app: App,
    caught: Caught,
    server: tokio::task::JoinHandle<()>,
}

impl Drop for Catcher {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn catch(State(caught): State<Caught>, uri: Uri, headers: HeaderMap, body: Bytes) -> &'static str {
    caught.lock().unwrap().push((uri.path().to_owned(), headers, body.to_vec()));
    "{}"
}

impl Catcher {
    pub async fn start(city: &City) -> Self {
        let caught = Caught::default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base_url = format!("http://{}", listener.local_addr().unwrap());
        let routes = Router::new().fallback(catch).with_state(caught.clone());
        let server = tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
        let config = Config { base_url, ..city.config.clone() };
        let app = App::open(config, city.clock.clone()).await.expect("a second node");
        Self { app, caught, server }
    }

    /// A learner's order with a code whose payment is told to nobody but us.
    pub async fn order(&self, city: &City, learner: &Person) -> OrderId {
        let (at, scope, limits) = (city.at(), learner.scope(), city.limits());
        let (who, subject) = (learner.learner, city.subject());
        let placed = async move |tx: &Tx<'_>| place_own(tx, &at, &scope, who, subject, limits).await;
        let order = city.db.write(placed).await.expect("an order");
        begin_attempt(&self.app, &learner.scope(), order, Channel::WechatPay).await.expect("a code");
        order
    }

    /// Pays and catches what the gateway says; `received_at` is now.
    pub async fn pay(&self, city: &City, order: OrderId) -> Raw {
        let before = self.caught.lock().unwrap().len();
        city.simulator.pay(&city.number(order).await).unwrap();
        eventually("the word was caught", async || self.caught.lock().unwrap().len() > before).await;
        let (path, headers, body) = self.caught.lock().unwrap()[before].clone();
        Raw::new(city.clock.now(), &path, &headers, body)
    }
}
