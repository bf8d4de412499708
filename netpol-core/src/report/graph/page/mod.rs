//! A page of one file that needs no network: it can be searched, filtered and clicked.

mod data;
mod html;

pub use html::html;
