//! The validation of what policies depend on in other kinds: labels, the selectors of Services, the ports of containers.

use super::Label;
use super::decode::placeholder::has_placeholder;
use super::decode::{Decoder, Path, go};
use super::names::{self, Fault};
use crate::net::Protocol;
use crate::text::Spanned;

/// Reports what the API server would refuse of labels at `path`.
pub(super) fn check_labels(decoder: &mut Decoder<'_>, labels: &[Label], path: &Path<'_>) {
    for label in labels {
        check_text(decoder, &label.key, path, (names::label_key, names::key_advice));
        if let Some(value) = &label.value.value {
            let value = label.value.as_ref().map(|_| value);
            check_text(decoder, &value, path, (names::label_value, names::value_advice));
        }
    }
}

/// Reports what the API server would refuse of the name of a port.
pub(super) fn check_port_name(decoder: &mut Decoder<'_>, name: &Spanned<String>, path: &Path<'_>) {
    check_text(decoder, name, path, (names::port, |_| names::PORT_ADVICE));
}

/// Reports a number that is no port. `None` inside is a placeholder.
pub(super) fn check_port_number(decoder: &mut Decoder<'_>, number: &Spanned<Option<i32>>, path: &Path<'_>) {
    if let Some(other) = number.value.filter(|port| !(1..=65_535).contains(port)) {
        let message = format!("Invalid value: {other}: must be between 1 and 65535, inclusive");
        decoder.fault(number, path, message, "ports go from 1 to 65535");
    }
}

/// Reports the number of a container's port that is missing or no port. 0 is the same as none.
pub(super) fn check_container_port(
    decoder: &mut Decoder<'_>,
    number: &Spanned<Option<i32>>,
    path: &Path<'_>,
) {
    if number.value == Some(0) {
        let help = "write the number that the container listens on, as `containerPort`";
        decoder.fault(number, path, "Required value".to_owned(), help);
    } else {
        check_port_number(decoder, number, path);
    }
}

/// Reports a text that is no protocol. None means TCP.
pub(super) fn check_protocol(decoder: &mut Decoder<'_>, text: &Spanned<&str>, path: &Path<'_>) {
    let is_valid = text.value.is_empty() || Protocol::parse(text.value).is_some();
    if is_valid || has_placeholder(text.value) {
        return;
    }
    let quoted = go::json(text.value);
    let message = format!("Unsupported value: {quoted}: supported values: \"SCTP\", \"TCP\", \"UDP\"");
    let upper = text.value.to_ascii_uppercase();
    let help = match Protocol::parse(&upper) {
        Some(_) => format!("write `{upper}`: the value is case sensitive"),
        None => "the protocols of ports are TCP, UDP and SCTP".to_owned(),
    };
    decoder.fault(text, path, message, help);
}

/// What is wrong with a text, and what to do about each of it.
type Rules = (fn(&str) -> Vec<Fault>, fn(&str) -> &'static str);

fn check_text<T: AsRef<str>>(
    decoder: &mut Decoder<'_>,
    text: &Spanned<T>,
    path: &Path<'_>,
    (faults, advice): Rules,
) {
    let written = text.value.as_ref();
    if has_placeholder(written) {
        return;
    }
    for fault in faults(written) {
        let message = format!("Invalid value: {}: {fault}", go::quote(written));
        decoder.fault(text, path, message, advice(&fault));
    }
}
