//! Listening, working and stopping in order.

use crate::app::App;
use crate::web;
use anyhow::Context;
use std::future::Future;
use std::net::SocketAddr;
use tokio::net::TcpListener;

/// Binds the configured address; port 0 takes a free one.
pub async fn bind(listen: &str) -> anyhow::Result<TcpListener> {
    TcpListener::bind(listen).await.with_context(|| format!("cannot listen on {listen}"))
}

/// Serves pages and works jobs until `stop` ends, then lets requests under way finish.
pub async fn serve(
    app: App,
    listener: TcpListener,
    stop: impl Future<Output = ()> + Send + 'static,
) -> anyhow::Result<()> {
    // Whatever copy of the database is in place, what was erased stays erased.
    crate::privacy::replay_erasures(&app).await.map_err(|error| anyhow::anyhow!("{error}"))?;
    let worker = tokio::spawn(crate::outbox::work_forever(app.clone()));
    let service = web::router(app.clone()).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service).with_graceful_shutdown(stop).await?;
    worker.abort();
    crate::node::give_back(&app).await?;
    app.db.close().await;
    Ok(())
}

/// Ends at Ctrl-C or SIGTERM.
pub async fn signal() {
    let interrupt = tokio::signal::ctrl_c();
    match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
        }
        Err(_) => drop(interrupt.await),
    }
}
