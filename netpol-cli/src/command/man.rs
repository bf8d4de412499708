//! `netpol man`.

use clap_mangen::Man;

use crate::Exit;
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
    let rendered = Man::new(page).render(&mut text);
    console.report(&String::from_utf8_lossy(&text)).and(console.written(rendered))
}
