//! Times as the API server reads them: RFC 3339, in the words of Go's `time.Parse` where they are none.

use std::ops::RangeInclusive;

use super::go::quote;

const LAYOUT: &str = "2006-01-02T15:04:05Z07:00";

/// What is wrong with a text that should be a time, in Go's words; nothing when it is one.
pub fn fault(text: &str) -> Option<String> {
    let mut reading = Reading { rest: text };
    match reading.time() {
        Ok(()) if reading.rest.is_empty() => None,
        Ok(()) => Some(format!("parsing time {}: extra text: {}", quote(text), quote(reading.rest))),
        Err(Flaw::Range(what)) => Some(format!("parsing time {}: {what} out of range", quote(text))),
        Err(Flaw::Element(rest, element)) => {
            let (text, rest) = (quote(text), quote(rest));
            Some(format!("parsing time {text} as \"{LAYOUT}\": cannot parse {rest} as \"{element}\""))
        }
    }
}

/// Why a text is no time.
enum Flaw<'t> {
    /// A number is too large or too small for what it is.
    Range(&'static str),
    /// What is left of the text does not begin as this piece of the layout asks.
    Element(&'t str, &'static str),
}

struct Reading<'t> {
    rest: &'t str,
}

impl<'t> Reading<'t> {
    fn time(&mut self) -> Result<(), Flaw<'t>> {
        let year = self.number(4, "2006", None)?;
        self.literal("-")?;
        let month = self.number(2, "01", Some(("month", 1..=12)))?;
        self.literal("-")?;
        let day = self.number(2, "02", None)?;
        self.literal("T")?;
        self.hour()?;
        self.literal(":")?;
        self.number(2, "04", Some(("minute", 0..=59)))?;
        self.literal(":")?;
        self.number(2, "05", Some(("second", 0..=59)))?;
        self.fraction();
        self.zone()?;
        if day < 1 || day > days(year, month) { Err(Flaw::Range("day")) } else { Ok(()) }
    }

    fn literal(&mut self, text: &'static str) -> Result<(), Flaw<'t>> {
        self.rest = self.rest.strip_prefix(text).ok_or(Flaw::Element(self.rest, text))?;
        Ok(())
    }

    /// A number of so many digits. `element` is the piece of the layout.
    fn number(
        &mut self,
        digits: usize,
        element: &'static str,
        range: Option<(&'static str, RangeInclusive<u16>)>,
    ) -> Result<u16, Flaw<'t>> {
        let flaw = Flaw::Element(self.rest, element);
        let Some((number, rest)) = self.rest.split_at_checked(digits) else { return Err(flaw) };
        if !number.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(flaw);
        }
        let number = number.parse().map_err(|_| flaw)?;
        self.rest = rest;
        match range {
            Some((what, range)) if !range.contains(&number) => Err(Flaw::Range(what)),
            _ => Ok(number),
        }
    }

    /// One digit is enough for the hour.
    fn hour(&mut self) -> Result<u16, Flaw<'t>> {
        let digits = self.rest.bytes().take(2).take_while(u8::is_ascii_digit).count();
        self.number(digits.max(1), "15", Some(("hour", 0..=23)))
    }

    fn fraction(&mut self) {
        let Some(digits) = self.rest.strip_prefix(['.', ',']) else { return };
        let rest = digits.trim_start_matches(|letter: char| letter.is_ascii_digit());
        if rest.len() < digits.len() {
            self.rest = rest;
        }
    }

    /// `Z`, or the distance to it in hours and minutes.
    fn zone(&mut self) -> Result<(), Flaw<'t>> {
        if let Some(rest) = self.rest.strip_prefix('Z') {
            self.rest = rest;
            return Ok(());
        }
        let flaw = |rest| Flaw::Element(rest, "Z07:00");
        let start = self.rest;
        let Some((zone, rest)) = start.split_at_checked(6) else { return Err(flaw(start)) };
        let [b'+' | b'-', first, second, b':', third, fourth] = zone.as_bytes() else {
            return Err(flaw(start));
        };
        if ![first, second, third, fourth].iter().all(|byte| byte.is_ascii_digit()) {
            return Err(flaw(start));
        }
        self.rest = rest;
        if (*first, *second) > (b'2', b'4') {
            return Err(Flaw::Range("time zone offset hour"));
        }
        if (*third, *fourth) > (b'6', b'0') {
            return Err(Flaw::Range("time zone offset minute"));
        }
        Ok(())
    }
}

const fn days(year: u16, month: u16) -> u16 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_rfc_3339_are_read() {
        for text in [
            "2024-02-29T00:00:00Z",
            "2024-01-01T00:00:00.5+01:00",
            "2024-01-01T0:00:00Z",
            "2024-01-01T00:00:00,5-07:30",
        ] {
            assert_eq!(fault(text), None, "{text}");
        }
    }

    #[test]
    fn other_texts_are_refused_in_the_words_of_go() {
        let layout = "as \"2006-01-02T15:04:05Z07:00\"";
        for (text, words) in [
            ("", format!("parsing time \"\" {layout}: cannot parse \"\" as \"2006\"")),
            ("2024-01-01", format!("parsing time \"2024-01-01\" {layout}: cannot parse \"\" as \"T\"")),
            (
                "2024-1-1T00:00:00Z",
                format!(
                    "parsing time \"2024-1-1T00:00:00Z\" {layout}: cannot parse \"1-1T00:00:00Z\" as \"01\""
                ),
            ),
            ("2024-13-01T00:00:00Z", "parsing time \"2024-13-01T00:00:00Z\": month out of range".to_owned()),
            ("2023-02-29T00:00:00Z", "parsing time \"2023-02-29T00:00:00Z\": day out of range".to_owned()),
            ("2024-01-01T00:00:00Zx", "parsing time \"2024-01-01T00:00:00Zx\": extra text: \"x\"".to_owned()),
        ] {
            assert_eq!(fault(text), Some(words));
        }
    }
}
