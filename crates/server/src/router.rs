//! All routes in one router, and the way to serve it.

use crate::{AppState, api, pages, problem::Problem, shell, statics};
use axum::http::StatusCode;
use std::{future::Future, net::SocketAddr, time::Duration};
use tokio::net::TcpListener;

/// Every route of the server, with everything around it.
pub fn router(state: AppState) -> axum::Router {
    let routes = api::routes().split_for_parts().0;
    let routes = routes.merge(pages::routes()).merge(statics::routes()).fallback(no_route);
    shell::around(routes, &state).with_state(state)
}

async fn no_route() -> Problem {
    Problem::of_status(StatusCode::NOT_FOUND)
}

/// How long open requests and streams may go on after `stop`.
const GRACE: Duration = Duration::from_secs(5);

/// Serves until `stop` is there, then lets the open requests end; what is still open after 5 seconds is cut.
///
/// # Errors
/// When the listener fails.
pub async fn serve(
    listener: TcpListener,
    router: axum::Router,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    serve_with(listener, router, stop, GRACE).await
}

async fn serve_with(
    listener: TcpListener,
    router: axum::Router,
    stop: impl Future<Output = ()> + Send + 'static,
    grace: Duration,
) -> std::io::Result<()> {
    let (stopping, mut stopped) = tokio::sync::watch::channel(false);
    let ending = async move {
        stop.await;
        stopping.send_replace(true);
    };
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let serving = axum::serve(listener, service).with_graceful_shutdown(ending);
    let cut = async {
        drop(stopped.wait_for(|stopped| *stopped).await);
        tokio::time::sleep(grace).await;
    };
    tokio::select! {
        done = serving.into_future() => done,
        () = cut => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::routing::get;
    use tokio::{io::AsyncWriteExt, net::TcpStream, sync::oneshot};

    #[tokio::test]
    async fn a_stream_that_never_ends_does_not_hold_up_a_stop() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (reached, at_handler) = oneshot::channel();
        let reached = std::sync::Arc::new(std::sync::Mutex::new(Some(reached)));
        let handler = move || {
            let _told = reached.lock().ok().and_then(|mut reached| reached.take()).map(|told| told.send(()));
            std::future::pending::<&str>()
        };
        let router = axum::Router::new().route("/", get(handler));
        let (stop, stopped) = oneshot::channel::<()>();
        let stopped = async move { drop(stopped.await) };
        let serving = tokio::spawn(serve_with(listener, router, stopped, Duration::from_millis(50)));
        let mut stream = TcpStream::connect(address).await.expect("a connection");
        stream.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await.expect("a request");
        at_handler.await.expect("the handler runs");
        stop.send(()).expect("a server");
        let done = tokio::time::timeout(Duration::from_secs(5), serving).await;
        assert!(matches!(done, Ok(Ok(Ok(())))), "{done:?}");
    }
}
