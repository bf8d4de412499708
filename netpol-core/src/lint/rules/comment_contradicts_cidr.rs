//! `comment-contradicts-cidr`.

use ipnet::IpNet;

use crate::diagnostic::{Category, Diagnostic, RuleName};
use crate::lint::{Context, Level, Levels, Needs, Rule};
use crate::text::{Span, Spanned};

pub(crate) const RULE: Rule = Rule {
    name: RuleName("comment-contradicts-cidr"),
    category: Category::Policy,
    levels: Levels::from_recommended(Level::Warning),
    summary: "a comment says of a CIDR that it holds another number of addresses than it does",
    page: include_str!("comment-contradicts-cidr.md"),
    needs: Needs::Text,
    find: Some(find),
};

/// What follows a number that counts addresses.
const COUNTED: [&str; 8] = ["address", "addresses", "ip", "ips", "host", "hosts", "machine", "machines"];

fn find(context: &Context<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    // Many blocks and policies may stand on one line: its rest is looked through once.
    let mut rest = None;
    for policy in context.written_policies() {
        let lists = [&policy.spec.ingress, &policy.spec.egress].into_iter().flatten();
        let rules = lists.flat_map(|rules| &rules.rules);
        let peers = rules.flat_map(|rule| rule.value.peers.iter().flat_map(|peers| &peers.value));
        let blocks = peers.filter_map(|peer| peer.value.ip_block.as_ref());
        let cidrs = blocks.flat_map(|block| std::iter::once(&block.value.cidr).chain(&block.value.except));
        for cidr in cidrs {
            let behind = Rest::of(context, cidr.span, rest.take());
            let finding = behind.as_ref().and_then(|rest| finding(cidr, rest.claim?));
            found.extend(finding.map(|finding| finding.with_object(policy.object.clone())));
            rest = behind;
        }
    }
    found
}

fn finding(cidr: &Spanned<String>, (claimed, place): (u64, Span)) -> Option<Diagnostic> {
    let block: IpNet = cidr.value.parse().ok()?;
    let bits = u32::from(block.max_prefix_len() - block.prefix_len());
    let size = 1u64.checked_shl(bits)?;
    // People count the addresses of hosts too: all but the first and the last.
    if claimed == size || (size > 2 && claimed == size - 2) {
        return None;
    }
    let counted = if size == 1 { "one address".to_owned() } else { format!("{size} addresses") };
    let found =
        RULE.finding(cidr.span, format!("`{}` is {counted}, and the comment says {claimed}", cidr.value));
    let found = found.with_related(place, "this says otherwise");
    Some(match meant(block, claimed) {
        Some(meant) => {
            found.with_help(format!("for {claimed} addresses write `{meant}`, or correct the comment"))
        }
        None => found.with_help("correct the comment or the block"),
    })
}

/// The block of so many addresses around another.
fn meant(block: IpNet, count: u64) -> Option<IpNet> {
    let bits = u8::try_from(count.trailing_zeros()).ok().filter(|_| count.is_power_of_two())?;
    IpNet::new(block.addr(), block.max_prefix_len().checked_sub(bits)?).ok().map(|block| block.trunc())
}

/// The rest of a line, up to its end or to the comment at its end.
struct Rest {
    before: Span,
    /// How many addresses the comment speaks of, and where it stands.
    claim: Option<(u64, Span)>,
}

impl Rest {
    /// What stands behind a place on its line; `known` is what stands behind another one.
    fn of(context: &Context<'_>, place: Span, known: Option<Self>) -> Option<Self> {
        let holds = |rest: &Self| {
            rest.before.file == place.file && (rest.before.start..=rest.before.end).contains(&place.end)
        };
        known.filter(holds).or_else(|| Self::behind(context, place))
    }

    fn behind(context: &Context<'_>, place: Span) -> Option<Self> {
        let text = context.files.get(place.file)?.text();
        let rest = text.get(place.end as usize..)?.lines().next()?;
        let offset = |at: usize| Some(place.end + u32::try_from(at).ok()?);
        let Some(at) = rest.find(" #") else {
            return Some(Self { before: Span::new(place.file, place.end, offset(rest.len())?), claim: None });
        };
        let comment = rest.get(at + 1..)?.trim_end();
        let span = Span::new(place.file, offset(at + 1)?, offset(at + 1 + comment.len())?);
        let claim = claimed(comment).map(|claimed| (claimed, span));
        Some(Self { before: Span::new(place.file, place.end, offset(at)?), claim })
    }
}

/// The number of addresses that a comment speaks of.
fn claimed(comment: &str) -> Option<u64> {
    let lower = comment.to_lowercase();
    let words: Vec<&str> = lower.split([' ', '\t', '#', '(', ')']).filter(|word| !word.is_empty()).collect();
    (0..words.len()).find_map(|at| {
        let word = words.get(at)?;
        let number: u64 = word.trim_end_matches([',', '.', ';', ':']).parse().ok()?;
        let before =
            |back: usize| at.checked_sub(back).and_then(|at| words.get(at)).copied().unwrap_or_default();
        let is_range = before(1) == "of" && matches!(before(2), "range" | "block" | "net" | "subnet");
        let is_bare = word.bytes().all(|byte| byte.is_ascii_digit());
        let is_counted = is_bare
            && words
                .get(at + 1)
                .is_some_and(|word| COUNTED.contains(&word.trim_end_matches([',', '.', ';', ':'])));
        (is_range || is_counted).then_some(number)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_number_of_addresses_is_a_claim() {
        assert_eq!(claimed("# a range of 256"), Some(256));
        assert_eq!(claimed("# 256 IPs"), Some(256));
        assert_eq!(claimed("# rack 12, port 443"), None);
        assert_eq!(claimed("# 10.0.0.1 address of the proxy"), None);
    }

    #[test]
    fn the_block_that_was_meant_is_named() {
        let block: IpNet = "192.168.1.120/32".parse().unwrap();
        assert_eq!(meant(block, 256).unwrap().to_string(), "192.168.1.0/24");
        assert_eq!(meant(block, 100), None);
    }
}
