//! A line of `--queries` that could not be answered.

use schemars::JsonSchema;
use serde::Serialize;

/// In place of a verdict: what is wrong with a line of questions.
///
/// ```
/// use netpol_core::report::v1::Error;
///
/// let error = Error::new(3, "no pod or workload `shop/crat`");
/// let line = serde_json::to_string(&error).unwrap();
/// assert_eq!(line, r#"{"kind":"Error","line":3,"message":"no pod or workload `shop/crat`"}"#);
/// ```
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Error<'a> {
    /// `Error`.
    #[schemars(extend("const" = "Error"))]
    pub kind: &'static str,
    /// The line, from 1.
    pub line: u64,
    /// What is wrong with it.
    pub message: &'a str,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<&'a str>,
}

impl<'a> Error<'a> {
    /// What is wrong with a line, counted from 1.
    pub const fn new(line: u64, message: &'a str) -> Self {
        Self { kind: "Error", line, message, help: None }
    }

    /// The same with what to do.
    #[must_use]
    pub const fn with_help(self, help: &'a str) -> Self {
        Self { help: Some(help), ..self }
    }
}
