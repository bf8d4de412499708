//! What to write instead of a value that a schema refuses.

/// The advice on a refusal, by the server's words; `path` is the server's path.
pub(super) fn advice(path: &str, message: &str) -> Option<String> {
    let has = |words: &str| message.contains(words);
    let name = field(path);
    if has("Required value") {
        return Some(match name {
            "podSelector" | "namespaceSelector" => format!("write `{name}: {{}}` to mean all of them"),
            _ => format!("write `{name}`: the API has no default for it"),
        });
    }
    if let Some((_, values)) = message.split_once("supported values: ") {
        return Some(format!("write {}", values.replace('"', "`")));
    }
    if let Some((_, limit)) = message.split_once("must have at most ") {
        return Some(match limit {
            "1 item" => "only one of these keys may stand here: make an item of each".to_owned(),
            _ => format!("no more than {limit}: split the list, or write a second object"),
        });
    }
    let text = if has("should have at least 1 properties") {
        "write one of the keys that may stand here, with a value"
    } else if has("should have at least 1 items") {
        "write an item, or leave the key out"
    } else if has("must be of type") {
        return Some(of_type(message));
    } else if has("greater than or equal") || has("less than or equal") {
        if name == "priority" { "priorities go from 0 to 1000" } else { "ports go from 1 to 65535" }
    } else if has("Invalid CIDR") {
        "write an address and a prefix length, such as `10.0.0.0/8`"
    } else if has("Start port must be less") {
        "for a single port write `number`; else exchange the two"
    } else if has("Duplicate value") {
        "remove the second one"
    } else if has("Too long") {
        "shorten it"
    } else if has("in body should match") {
        "write a domain of at least two labels, such as `example.com`, or `*.example.com` for what is below it"
    } else {
        return of_rules(message).map(str::to_owned);
    };
    Some(text.to_owned())
}

fn of_rules(message: &str) -> Option<&'static str> {
    if message.contains("peer cannot be set with namedPorts") {
        return Some("only pods have named ports: write numbers here, or make two rules");
    }
    message.contains("metadata.name=\"default\"").then_some("call it `default`: there is one for a cluster")
}

fn of_type(message: &str) -> String {
    let kind = |name: &str| match name {
        "array" => "a list: items behind `- `",
        "object" => "a mapping: `key: value` lines",
        "string" => "a text: put it in quotes",
        _ => "a whole number, without quotes",
    };
    let wanted = message.rsplit_once("must be of type ").map_or("", |(_, rest)| rest);
    let end = wanted.find(|letter: char| !letter.is_ascii_lowercase()).unwrap_or(wanted.len());
    format!("write {}", kind(wanted.get(..end).unwrap_or_default()))
}

/// The name of the last field of a path.
fn field(path: &str) -> &str {
    let last = path.rsplit('.').next().unwrap_or(path);
    last.split('[').next().unwrap_or(last)
}
