//! What to write instead of a value that the API server's validation refuses.

use crate::manifest::names;

/// The advice on a refusal, by the server's words; `path` is the server's path.
pub(super) fn advice(path: &str, message: &str) -> Option<String> {
    let has = |words: &str| message.contains(words);
    let text = if has("must specify a peer") {
        "an item here needs a `podSelector`, a `namespaceSelector` or an `ipBlock`; to mean everybody, leave the whole \
         list out"
            .to_owned()
    } else if has("both ipBlock and another peer") {
        "make two items of it: one with the `ipBlock`, one with the selectors".to_owned()
    } else if has("must be a valid CIDR value") {
        valid_cidr(quoted(message).unwrap_or_default())
    } else if has("strict subset") {
        "an exception is a part of `cidr` and smaller than it; remove the exception, or widen `cidr`"
            .to_owned()
    } else if field(path) == "cidr" && has("Required value") {
        "write `cidr:` with an address and a prefix length, such as `10.0.0.0/8`".to_owned()
    } else if has("between 1 and 65535") {
        "ports go from 1 to 65535; to mean every port, leave `port` out".to_owned()
    } else {
        return of_fields(path, message).or_else(|| of_names(path, message)).map(str::to_owned);
    };
    Some(text)
}

fn of_fields(path: &str, message: &str) -> Option<&'static str> {
    let has = |words: &str| message.contains(words);
    Some(if has("greater than or equal to `port`") {
        "`port` is the first port of the range and `endPort` the last: exchange them, or leave `endPort` out"
    } else if has("`port` is non-numeric") {
        "a range has numbers: write the number of the first port, or leave `endPort` out"
    } else if has("`port` is not specified") {
        "write the first port of the range as `port`"
    } else if has("more than two policyTypes") {
        "`Ingress` and `Egress` are all there are: name each once"
    } else if field(path) == "policyTypes" || path.contains(".policyTypes[") {
        "write `Ingress`, `Egress` or both"
    } else if field(path) == "protocol" {
        "a policy knows TCP, UDP and SCTP; other protocols, such as ICMP, it cannot name"
    } else if has("operator` is 'In' or 'NotIn'") {
        "name the values, as in `values: [web]`; to ask for the label alone, use `Exists`"
    } else if has("operator` is 'Exists' or 'DoesNotExist'") {
        "leave `values` out, or use `In` or `NotIn`"
    } else {
        return None;
    })
}

fn of_names(path: &str, message: &str) -> Option<&'static str> {
    let has = |words: &str| message.contains(words);
    let is_too_long = has("no more than");
    Some(if path.ends_with("metadata.name") && has("Required value") {
        "give the policy a `name` under `metadata`"
    } else if path.starts_with("metadata.ownerReferences") {
        "controllers write this list for what they make: remove it, or name the owner with `apiVersion`, `kind`, `name` and \
         `uid`"
    } else if path == "metadata.finalizers" {
        "controllers write this list to keep an object until they are done with it: remove it, or write names such as \
         `example.com/cleanup`"
    } else if has("may not be more than") {
        "annotations may have 262144 bytes together; keep large texts elsewhere, such as in a ConfigMap"
    } else if field(path) == "key" && message.starts_with("Invalid value: \"\":") {
        "write the key of a label, as in `key: app`"
    } else if field(path) == "port" && has("must") {
        names::PORT_ADVICE
    } else if has("must not contain dots") {
        "the name of a namespace has no dots"
    } else if has("RFC 1123") && !has("prefix part") {
        "a name has lower case letters, digits and `-` (the name of an object `.` too), and begins and ends with a \
         letter or digit"
    } else if has("prefix part") {
        names::PREFIX_ADVICE
    } else if has("name part") || has("valid label key") {
        names::KEY_ADVICE
    } else if is_too_long && path.contains("atch") {
        names::LENGTH_ADVICE
    } else if is_too_long {
        "choose a shorter name"
    } else if has("a valid label") {
        names::VALUE_ADVICE
    } else {
        return None;
    })
}

/// A text with the digits for which some of its letters were taken; `None` when none looks like one, or few are digits.
pub(in crate::dialect) fn with_digits(text: &str) -> Option<String> {
    let digit = |letter: char| match letter {
        'O' | 'o' => '0',
        'l' | 'I' | 'i' => '1',
        'S' => '5',
        'B' => '8',
        other => other,
    };
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let letters = text.chars().filter(|letter| digit(*letter) != *letter).count();
    (letters > 0 && digits >= 2 * letters).then(|| text.chars().map(digit).collect())
}

/// What a text was meant to be that is no CIDR.
fn valid_cidr(text: &str) -> String {
    if let Some(block) = with_digits(text).filter(|block| block.parse::<ipnet::IpNet>().is_ok()) {
        return format!("did you mean `{block}`? a letter stands where a digit belongs");
    }
    let meant = text.trim().parse::<std::net::IpAddr>().ok();
    match (meant, text.split_once('/')) {
        (Some(address), _) => {
            let length = if address.is_ipv4() { 32 } else { 128 };
            format!("write `{address}/{length}` for this one address")
        }
        (None, Some((address, mask))) if mask.contains('.') => format!(
            "write the number of fixed bits in place of the mask, such as `{address}/24` for 255.255.255.0"
        ),
        _ => "write an address, a slash and the number of fixed bits, such as `10.9.8.0/24`; a name is not allowed here"
            .to_owned(),
    }
}

/// The last field of a path.
fn field(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or_default()
}

/// The first text in quotes.
fn quoted(message: &str) -> Option<&str> {
    message.split('"').nth(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_a_mask_and_a_name_are_told_apart() {
        let said = |text: &str| {
            let message =
                format!("Invalid value: \"{text}\": must be a valid CIDR value, (e.g. 10.9.8.0/24)");
            advice("spec.ingress[0].from[0].ipBlock.cidr", &message).unwrap()
        };
        assert_eq!(said("10.0.0.1"), "write `10.0.0.1/32` for this one address");
        assert!(said("10.0.0.0/255.0.0.0").contains("in place of the mask"));
        assert!(said("example.com").contains("a name is not allowed"));
    }
}
