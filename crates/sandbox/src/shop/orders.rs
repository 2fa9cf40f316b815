//! What the shop asked payment codes for, and the code as a picture.

use crate::{AppState, Fault};
use axum::{
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use qrcode::{QrCode, render::svg};
use rusqlite::{Connection, OptionalExtension, Transaction};

/// The smallest width and height of the picture, in CSS pixels.
const PICTURE_PX: u32 = 240;

/// A sale for which the wallet gave a payment code.
pub(super) struct Sale {
    /// The shop's own id.
    pub(super) id: String,
    /// The wallet's id of the order.
    pub(super) wallet_order: String,
    /// Whole yen.
    pub(super) amount: i64,
    /// The JPQR text.
    pub(super) payload: String,
}

const COLUMNS: &str = "id, wallet_order, amount, payload";

fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Sale> {
    Ok(Sale { id: row.get(0)?, wallet_order: row.get(1)?, amount: row.get(2)?, payload: row.get(3)? })
}

/// The newest sale.
pub(super) fn newest(connection: &Connection) -> rusqlite::Result<Option<Sale>> {
    let sql = format!("SELECT {COLUMNS} FROM shop_sales ORDER BY number DESC LIMIT 1");
    connection.prepare_cached(&sql)?.query_row([], read).optional()
}

/// Keeps a sale, once.
pub(super) fn keep(tx: &Transaction<'_>, sale: &Sale) -> rusqlite::Result<()> {
    let sql = format!("INSERT INTO shop_sales ({COLUMNS}) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING");
    tx.execute(&sql, (&sale.id, &sale.wallet_order, sale.amount, &sale.payload)).map(|_| ())
}

/// `GET /shop/orders/{id}/qr.svg`
pub(super) async fn picture(
    State(state): State<AppState>,
    Path(id): Path<String>,
) -> Result<Response, Fault> {
    let sale = state
        .db
        .read(move |c| {
            let sql = format!("SELECT {COLUMNS} FROM shop_sales WHERE id = ?1");
            c.query_row(&sql, [&id], read).optional()
        })
        .await?;
    let Some(sale) = sale else { return Ok(StatusCode::NOT_FOUND.into_response()) };
    let code = QrCode::new(sale.payload.as_bytes()).map_err(Fault::outside)?;
    let drawn = code.render::<svg::Color<'_>>().min_dimensions(PICTURE_PX, PICTURE_PX).build();
    Ok(([(header::CONTENT_TYPE, "image/svg+xml")], drawn).into_response())
}
