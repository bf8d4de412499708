//! Flags that stand before the command: `netpol -n shop can …`.

use std::collections::BTreeMap;
use std::ffi::OsString;

use clap::{Arg, ArgAction, Command};

/// The words of a command line with the flags before the command moved behind it. What clap would refuse stays as it is.
pub(super) fn flags_behind_the_command(netpol: &Command, mut words: Vec<OsString>) -> Vec<OsString> {
    let Some(place) = place_of_command(netpol, &words) else { return words };
    words.get_mut(1..=place).unwrap_or_default().rotate_right(1);
    words
}

/// Where the command stands, when flags stand before it.
fn place_of_command(netpol: &Command, words: &[OsString]) -> Option<usize> {
    let takes_value = flags(netpol);
    let mut at = 1;
    loop {
        let word = words.get(at)?.to_str()?;
        if !word.starts_with('-') || word == "-" || matches!(word, "--" | "-V" | "--version") {
            return netpol.find_subcommand(word).filter(|_| at > 1).map(|_| at);
        }
        at += 1 + usize::from(has_value_behind(word, &takes_value));
    }
}

/// Whether the next word is the value of a flag.
fn has_value_behind(word: &str, takes_value: &BTreeMap<String, bool>) -> bool {
    let takes = |name: &str| takes_value.get(name).copied().unwrap_or_default();
    match word.strip_prefix("--") {
        Some(name) => !name.contains('=') && takes(name),
        // Of flags of one letter in one word, the first that takes a value takes the rest of the word.
        None => word
            .char_indices()
            .skip(1)
            .find(|(_, letter)| takes(&letter.to_string()))
            .is_some_and(|(at, letter)| at + letter.len_utf8() == word.len()),
    }
}

/// The flags of all commands, and whether they take a value.
fn flags(netpol: &Command) -> BTreeMap<String, bool> {
    let own = |argument: &Arg| {
        let is_optional = argument.get_num_args().is_some_and(|range| range.min_values() == 0);
        let takes = matches!(argument.get_action(), ArgAction::Set | ArgAction::Append) && !is_optional;
        let long = argument.get_long_and_visible_aliases().unwrap_or_default();
        let long = long.into_iter().map(str::to_owned);
        let names: Vec<String> = long.chain(argument.get_short().map(String::from)).collect();
        names.into_iter().map(move |name| (name, takes)).collect::<Vec<_>>()
    };
    let commands = std::iter::once(netpol).chain(netpol.get_subcommands());
    commands.flat_map(Command::get_arguments).flat_map(own).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ordered(words: &str) -> String {
        let words = words.split(' ').map(OsString::from).collect();
        let words = flags_behind_the_command(&crate::args::command(), words);
        words.iter().map(|word| word.to_str().unwrap()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn flags_may_stand_before_the_command() {
        assert_eq!(ordered("netpol -n shop can a b"), "netpol can -n shop a b");
        assert_eq!(ordered("netpol -n=list -f x list -q"), "netpol list -n=list -f x -q");
        assert_eq!(ordered("netpol -n list can a b"), "netpol can -n list a b");
        assert_eq!(ordered("netpol -qo json --filename x graph"), "netpol graph -qo json --filename x");
        assert_eq!(ordered("netpol -qojson can a b"), "netpol can -qojson a b");
        assert_eq!(ordered("netpol can -n shop a b"), "netpol can -n shop a b");
        assert_eq!(ordered("netpol -n shop"), "netpol -n shop");
        assert_eq!(ordered("netpol --version can"), "netpol --version can");
    }
}
