//! `helm:CHART[?values=FILE&…]`: what `helm template` renders, template by template.

use std::ffi::OsString;
use std::path::Path;

use super::program::Surroundings;
use super::remote;
use super::rendered::{Rendered, missing, run, there};
use super::source::Problem;

/// What may stand behind the `?`.
const KEYS: [&str; 4] = ["values", "set", "namespace", "name"];

/// Renders a chart.
pub(super) fn rendered(
    text: &str,
    spelled: &str,
    surroundings: Surroundings<'_>,
) -> Result<Rendered, Problem> {
    let (chart, query) = spelled.split_once('?').unwrap_or((spelled, ""));
    let path = there(text, chart, surroundings.directory)?;
    remote::refuse_in_chart(chart, &path)?;
    let (name, options) = options(text, query, surroundings.directory)?;
    let Some(program) = surroundings.find("helm") else { return Err(missing(text, "helm")) };
    let mut arguments = vec![OsString::from("template"), name.into(), path.into_os_string()];
    arguments.extend(options);
    let output = run(&program, &arguments, surroundings)?;
    Ok(by_template(chart, output))
}

/// The name of the release, and the options of the program.
fn options(text: &str, query: &str, directory: &Path) -> Result<(String, Vec<OsString>), Problem> {
    let mut name = "release-name".to_owned();
    let mut options = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        match key {
            "values" => {
                let mut option = OsString::from("--values=");
                option.push(there(text, value, directory)?);
                options.push(option);
            }
            "set" => options.push(format!("--set={value}").into()),
            "namespace" => options.push(format!("--namespace={value}").into()),
            "name" if !value.is_empty() && !value.starts_with('-') => value.clone_into(&mut name),
            _ => {
                let help = format!("there are {}, as in `helm:chart?values=prod.yaml`", KEYS.join(", "));
                let message = format!("`{text}`: `{pair}` is no parameter of `helm:`");
                return Err(Problem { help: Some(help), ..Problem::fatal(message) });
            }
        }
    }
    Ok((name, options))
}

/// The output, cut where another template begins, which helm says in a comment `# Source: chart/templates/a.yaml`.
fn by_template(chart: &str, output: Vec<u8>) -> Rendered {
    let Ok(output) = String::from_utf8(output) else { return Vec::new() };
    let mut parts: Vec<(String, String)> = Vec::new();
    let mut separator = "";
    for line in output.split_inclusive('\n') {
        if line.trim_end() == "---" {
            separator = line;
            continue;
        }
        if let Some(source) = line.strip_prefix("# Source: ") {
            let source = source.trim_end();
            let below = source.split_once('/').map_or(source, |(_, below)| below);
            let name = format!("helm:{}/{below}", chart.trim_end_matches('/'));
            if parts.last().is_none_or(|(last, _)| *last != name) {
                parts.push((name, String::new()));
            }
        }
        if parts.is_empty() {
            parts.push((format!("helm:{chart}"), String::new()));
        }
        if let Some((_, text)) = parts.last_mut() {
            text.push_str(std::mem::take(&mut separator));
            text.push_str(line);
        }
    }
    parts.into_iter().map(|(name, text)| (name, text.into_bytes())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_template_is_a_file_of_its_own() {
        let output = "---\n# Source: app/templates/a.yaml\na: 1\n---\n# Source: app/templates/a.yaml\nb: 2\n---\n# Source: app/charts/db/templates/c.yaml\nc: 3\n";
        let parts = by_template("charts/app", output.as_bytes().to_vec());
        let names: Vec<&str> = parts.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["helm:charts/app/templates/a.yaml", "helm:charts/app/charts/db/templates/c.yaml"]);
        assert_eq!(parts[0].1.split(|byte| *byte == b'\n').filter(|line| *line == b"---").count(), 2);
    }
}
