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
            // A piece of a line has no lines of its own.
            let words = visible(&segment.text).replace(['\n', '\t'], "\u{fffd}");
            let _ = write!(painted, "{style}{words}{style:#}");
        }
        painted.push('\n');
    }
    painted
}

/// A text from the input, with control characters made visible, so that none reaches a terminal; nor do those that turn
/// the direction of writing, with which a name can look like another.
pub fn visible(text: &str) -> String {
    let is_hidden = |c: char| {
        (c.is_control() && c != '\n' && c != '\t')
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let shown = |c: char| if is_hidden(c) { char::REPLACEMENT_CHARACTER } else { c };
    text.chars().map(shown).collect()
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
