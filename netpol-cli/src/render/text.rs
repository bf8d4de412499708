//! Answers for people, painted.

use std::fmt::Write as _;

use anstream::adapter::strip_str;
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

/// A report of which no line is a command to a pipeline's log: one that would be begins with U+FFFD.
pub fn without_commands(report: String) -> String {
    if !report.contains("::") && !report.contains("##[") {
        return report;
    }
    let lines = report.split_inclusive('\n').map(|line| {
        let is_command = is_command(&strip_str(line).to_string());
        if is_command { format!("{}{line}", char::REPLACEMENT_CHARACTER) } else { line.to_owned() }
    });
    lines.collect()
}

/// Whether a line is a workflow command of GitHub (`::error …`) or of Azure (`##[error]`). An address may begin with `::` too.
fn is_command(line: &str) -> bool {
    let line = line.trim_start();
    let Some(rest) = line.strip_prefix("::") else { return line.starts_with("##[") };
    let word =
        rest.split(|letter: char| !letter.is_ascii_alphabetic() && letter != '-').next().unwrap_or_default();
    word.contains(|letter: char| !letter.is_ascii_hexdigit())
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

    #[test]
    fn no_name_of_the_input_is_a_command_to_a_log() {
        let told = |line: &str| without_commands(format!("a\n{line}\n"));
        assert_eq!(told("  ::error file=a::b"), "a\n\u{fffd}  ::error file=a::b\n");
        assert_eq!(told("##[error]b"), "a\n\u{fffd}##[error]b\n");
        for line in ["::/0   shop/web", "::ffff:0:0/96", "fd00::1"] {
            assert_eq!(told(line), format!("a\n{line}\n"));
        }
    }
}
