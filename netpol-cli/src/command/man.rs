//! `netpol man`.

use std::io;

use clap_mangen::Man;

use crate::Exit;
use crate::args::VARIABLES;
use crate::config::nearest;
use crate::render::Console;

/// Prints a manual page.
pub fn man(name: Option<&str>, console: &mut Console<'_, '_>) -> Exit {
    let mut netpol = crate::args::command();
    netpol.build();
    let page = match name.map(|name| (name, netpol.find_subcommand(name))) {
        None => netpol,
        Some((name, Some(command))) => command.clone().name(format!("netpol-{name}")),
        Some((name, None)) => {
            console.error(format_args!("there is no command `{name}`"));
            let names = netpol.get_subcommands().map(clap::Command::get_name);
            if let Some(near) = nearest(name, names) {
                console.help(format_args!("did you mean `{near}`?"));
            }
            return Exit::Error;
        }
    };
    let mut text = Vec::new();
    let rendered = render(page, &mut text);
    console.report(&String::from_utf8_lossy(&text)).and(console.written(rendered))
}

/// The page, with examples as they are typed and with the sections that every command shares.
fn render(mut page: clap::Command, out: &mut Vec<u8>) -> io::Result<()> {
    let after = page.get_after_long_help().or_else(|| page.get_after_help()).map(ToString::to_string);
    page = page.after_help("").after_long_help("");
    let has_commands = page.has_subcommands();
    let version = page.get_version().is_some();
    let man = Man::new(page);
    man.render_title(out)?;
    man.render_name_section(out)?;
    man.render_synopsis_section(out)?;
    man.render_description_section(out)?;
    man.render_options_section(out)?;
    if has_commands {
        man.render_subcommands_section(out)?;
    }
    out.extend(after.as_deref().map(sections).unwrap_or_default().bytes());
    out.extend(shared().bytes());
    if version { man.render_version_section(out) } else { Ok(()) }
}

/// The paragraphs of a help text, each a section: its first line is the title. Lines stay as they are.
fn sections(after: &str) -> String {
    let paragraphs = after.split("\n\n").filter(|paragraph| !paragraph.starts_with("Exit codes"));
    let section = |paragraph: &str| {
        let (title, lines) = paragraph.split_once('\n').unwrap_or((paragraph, ""));
        section(&title.trim_end_matches(':').to_uppercase(), lines.lines())
    };
    paragraphs.map(section).collect()
}

fn section<'l>(title: &str, lines: impl Iterator<Item = &'l str>) -> String {
    let lines: Vec<String> = lines.map(escaped).collect();
    let lines = lines.join("\n");
    format!(".SH \"{}\"\n.nf\n{lines}\n.fi\n", title.replace('"', "\\(dq"))
}

/// A line that the formatter prints as it stands.
fn escaped(line: &str) -> String {
    let line = line.replace('\\', "\\e").replace('-', "\\-").replace('\'', "\\(aq").replace('`', "\\(ga");
    if line.starts_with(['.', '\'']) { format!("\\&{line}") } else { line }
}

const EXIT_STATUS: [(&str, &str); 5] = [
    ("0", "fine: allowed, no finding at the level of --fail-on or above, no difference"),
    ("1", "the answer is bad: denied or partial, findings, differences, no path"),
    ("2", "usage, configuration, an unknown endpoint, or something that cannot be read"),
    ("3", "nothing to do: no relevant object (--allow-empty makes it 0)"),
    ("4", "unknown: the manifests do not decide it (--exit-zero makes 1 and 4 a 0)"),
];

const FILES: [(&str, &str); 4] = [
    (
        "netpol.toml",
        "the configuration, in the folder of the manifests or one above; its schema: netpol schema config",
    ),
    (
        "netpol-baseline.json",
        "findings of netpol lint that do not count, when --baseline or the configuration names it",
    ),
    (".netpolignore", "paths in a folder that are not read, as in .gitignore, which is honoured too"),
    ("$GITHUB_STEP_SUMMARY", "gets a table of findings from netpol lint -o github"),
];

const ENVIRONMENT: [(&str, &str); 4] = [
    ("NETPOL_OUTPUT", "the format of reports, for the commands that have it"),
    ("NO_COLOR, CLICOLOR_FORCE", "no colours, or colours also where no terminal is"),
    ("SOURCE_DATE_EPOCH", "the day on which exceptions expire, instead of today"),
    ("COLUMNS", "not heeded: reports fit the terminal, and elsewhere 100 columns"),
];

fn shared() -> String {
    let listed = |title: &str, rows: Vec<(String, String)>| {
        let rows =
            rows.iter().map(|(name, words)| format!(".TP\n\\fB{}\\fR\n{}\n", escaped(name), escaped(words)));
        format!(".SH \"{title}\"\n{}", rows.collect::<String>())
    };
    let owned = |rows: &[(&str, &str)]| -> Vec<(String, String)> {
        rows.iter().map(|(name, words)| ((*name).to_owned(), (*words).to_owned())).collect()
    };
    let options = VARIABLES.iter().map(|(option, variable)| {
        ((*variable).to_owned(), format!("as --{}, which beats it", option.replace('_', "-")))
    });
    let environment = owned(&ENVIRONMENT).into_iter().chain(options).collect();
    listed("EXIT STATUS", owned(&EXIT_STATUS))
        + &listed("FILES", owned(&FILES))
        + &listed("ENVIRONMENT", environment)
}
