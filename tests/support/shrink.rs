//! Makes a failing input small: takes away whatever is not needed for the failure.

use serde_json::Value;

/// The smallest input that can be found by taking things away, of which `fails` still holds.
pub fn shrink(objects: &[Value], fails: &dyn Fn(&[Value]) -> bool) -> Vec<Value> {
    let mut smallest = objects.to_vec();
    loop {
        let before = smallest.clone();
        remove_objects(&mut smallest, fails);
        for index in 0..smallest.len() {
            for path in paths(&smallest[index]) {
                let mut smaller = smallest.clone();
                if remove(&mut smaller[index], &path) && fails(&smaller) {
                    smallest = smaller;
                }
            }
        }
        if smallest == before {
            return smallest;
        }
    }
}

fn remove_objects(objects: &mut Vec<Value>, fails: &dyn Fn(&[Value]) -> bool) {
    let mut index = 0;
    while index < objects.len() {
        let mut smaller = objects.clone();
        smaller.remove(index);
        if fails(&smaller) {
            *objects = smaller;
        } else {
            index += 1;
        }
    }
}

/// The ways to the parts of a value; the later parts first, so that the places of the others stay.
fn paths(value: &Value) -> Vec<Vec<String>> {
    let mut all = Vec::new();
    let children: Vec<(String, &Value)> = match value {
        Value::Array(items) => {
            items.iter().enumerate().map(|(index, item)| (index.to_string(), item)).rev().collect()
        }
        Value::Object(fields) => fields.iter().map(|(key, field)| (key.clone(), field)).collect(),
        _ => Vec::new(),
    };
    for (step, child) in children {
        all.push(vec![step.clone()]);
        all.extend(paths(child).into_iter().map(|rest| [vec![step.clone()], rest].concat()));
    }
    all
}

fn remove(value: &mut Value, path: &[String]) -> bool {
    let (Some(step), rest) = (path.first(), path.get(1..).unwrap_or_default()) else { return false };
    if ["apiVersion", "kind", "name"].contains(&step.as_str()) && rest.is_empty() {
        return false;
    }
    match value {
        Value::Array(items) => match step.parse::<usize>() {
            Ok(index) if index < items.len() && rest.is_empty() => {
                items.remove(index);
                true
            }
            Ok(index) => items.get_mut(index).is_some_and(|item| remove(item, rest)),
            Err(_) => false,
        },
        Value::Object(fields) if rest.is_empty() => fields.remove(step).is_some(),
        Value::Object(fields) => fields.get_mut(step).is_some_and(|field| remove(field, rest)),
        _ => false,
    }
}
