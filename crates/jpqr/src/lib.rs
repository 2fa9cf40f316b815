//! Reads and writes the payment codes of JPQR, Japan's profile of the EMVCo QR code standards.
//!
//! Two modes, named by who shows the code:
//!
//! * [`MerchantCode`] (merchant-presented, "MPM"): the shop shows it, the customer's telephone reads it.
//!   A *static* one hangs on the wall, a *dynamic* one is made for one order.
//! * [`ConsumerCode`] (consumer-presented, "CPM"): the customer shows it, the till reads it.
//!
//! Only the text inside the picture is treated here; drawing and scanning belong to others. Nothing in this
//! crate reads files, the clock or the network, and no input makes it panic.
//!
//! ```
//! use jpqr::{Method, MerchantCode, StoreCode};
//!
//! let code = MerchantCode {
//!     method: Method::Dynamic,
//!     store: StoreCode {
//!         level_1: "1234567890123".parse()?,
//!         level_2: "0001".parse()?,
//!         level_3: "000001".parse()?,
//!         level_4: "000001".parse()?,
//!     },
//!     mcc: "5411".parse()?,
//!     amount: Some(1_200),
//!     name: "KISSA HANA".into(),
//!     city: "KYOTO".into(),
//!     postal: Some("6008216".into()),
//!     reference: Some("ORDER-7".into()),
//!     local_name: Some("喫茶 花".into()),
//! };
//! let payload = code.write()?;
//! assert_eq!(jpqr::MerchantCode::read(&payload)?, code);
//!
//! // One wrong character, and the check sum notices:
//! let damaged = payload.replace("1200", "9200");
//! assert!(MerchantCode::read(&damaged).is_err());
//! # Ok::<(), jpqr::Mistake>(())
//! ```

mod ber;
mod checksum;
mod consumer;
mod digits;
mod merchant;
mod mistake;
mod store_code;
mod text;
mod tlv;

pub use checksum::checksum;
pub use consumer::ConsumerCode;
pub use digits::Digits;
pub use merchant::{MerchantCode, Method};
pub use mistake::{Mistake, Place, Wrong};
pub use store_code::StoreCode;
