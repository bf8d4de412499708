//! Answers for people, painted.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use netpol_core::report::text::{Role, Text};

/// The text with its paint.
pub fn painted(text: &Text) -> String {
    let mut painted = String::new();
    for line in &text.lines {
        for segment in &line.segments {
            let style = style(segment.role);
            let _ = write!(painted, "{style}{}{style:#}", segment.text);
        }
        painted.push('\n');
    }
    painted
}

const fn style(role: Role) -> Style {
    match role {
        Role::Plain => Style::new(),
        Role::Strong => Style::new().bold(),
        Role::Allow => AnsiColor::Green.on_default().bold(),
        Role::Deny => AnsiColor::Red.on_default().bold(),
        Role::Unknown => AnsiColor::Yellow.on_default().bold(),
        Role::Place => AnsiColor::Cyan.on_default(),
        Role::Dim => Style::new().dimmed(),
    }
}

#[cfg(test)]
mod tests {
    use netpol_core::report::text::Line;

    use super::*;

    #[test]
    fn no_control_character_of_the_input_reaches_a_terminal() {
        let text = Text { lines: vec![Line::new().plain("a\u{1b}[31mb")] };
        assert_eq!(painted(&text), "a\u{fffd}[31mb\n");
        let turned = Text { lines: vec![Line::new().plain("a\u{202e}b\nc")] };
        assert_eq!(painted(&turned), "a\u{fffd}b\u{fffd}c\n");
    }
}
