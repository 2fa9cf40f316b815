//! Stopping: Ctrl-C or SIGTERM once stops cleanly, twice at once.

use tokio::{
    signal::unix::{SignalKind, signal},
    sync::watch,
};

/// Becomes true at the first signal. A second one ends the program, which says what is `left` then.
pub(crate) fn on_signal(left: &'static str) -> watch::Receiver<bool> {
    let (stop, stopped) = watch::channel(false);
    tokio::spawn(async move {
        one_signal().await;
        let _nobody = stop.send(true);
        one_signal().await;
        eprintln!("tsugime: stopped at once; {left}");
        std::process::exit(130);
    });
    stopped
}

async fn one_signal() {
    let interrupted = tokio::signal::ctrl_c();
    match signal(SignalKind::terminate()) {
        Ok(mut terminated) => {
            tokio::select! {
                _ = interrupted => {}
                _ = terminated.recv() => {}
            }
        }
        Err(_) => {
            let _ = interrupted.await;
        }
    }
}
