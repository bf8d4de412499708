//! From an object to a policy, with all that is wrong with it.

use super::decode::decode;
use super::kind::Kind;
use super::resource::{ClusterPolicy, Standing};
use crate::diagnostic::rule::{UNKNOWN_FIELD, WRONG_TYPE};
use crate::diagnostic::{Category, Diagnostic};
use crate::dialect::crd::{self, Checked};
use crate::dialect::validation::{Check, check_metadata};
use crate::manifest::decode::{Decoder, Strictness};
use crate::manifest::{Metadata, RawObject};
use crate::policy::Remark;
use crate::text::Spanned;

/// Reads a policy and reports what is wrong with it; `None` for an object of another kind.
pub fn read(raw: &RawObject<'_, '_>, found: &mut Vec<Diagnostic>) -> Option<ClusterPolicy> {
    let kind = Kind::of(&raw.object)?;
    let mut decoder = Decoder::new(raw.file, Strictness::Strict);
    let metadata = Metadata::read(&mut decoder, raw.node, "");
    let mut remarks = metadata_remarks(&decoder);
    let mut check = Check::default();
    if remarks.is_empty() {
        check_metadata(&mut check, &metadata, raw.node);
        check.remark_metadata();
    }
    // A missing name keeps the server from looking at rules in CEL.
    let is_required = |found: &Diagnostic| found.api.as_ref().is_some_and(is_missing);
    let is_blocked = check.diagnostics.iter().any(is_required);
    decoder.diagnostics.append(&mut check.diagnostics);
    remarks.append(&mut check.remarks);
    let so_far = Checked { refusals: 0, is_blocked };
    let checked = crd::check(&mut decoder, raw.node, kind.schema(), so_far);
    remarks.extend(decoder.diagnostics.iter().filter_map(dropped_field));
    let mut policy = decoded(raw, kind, &mut decoder);
    policy.object.name = metadata.name.value;
    policy.remarks = remarks;
    policy.standing = match checked.refusals {
        0 if decoder.opaque_placeholder.is_some() || policy.tier.is_none() || policy.priority.is_none() => {
            Standing::Placeholder
        }
        0 => Standing::Accepted,
        _ => Standing::Refused,
    };
    found.append(&mut decoder.diagnostics);
    Some(policy)
}

/// The typed resource. What the schema refuses was said already; what a value may not mean is said here.
fn decoded(raw: &RawObject<'_, '_>, kind: Kind, decoder: &mut Decoder<'_>) -> ClusterPolicy {
    let mut second = Decoder::new(raw.file, Strictness::Lenient);
    let policy = decode(raw, kind, &mut second);
    let is_news =
        |found: &Diagnostic| found.category == Category::Policy && !decoder.diagnostics.contains(found);
    let news: Vec<Diagnostic> = second.diagnostics.into_iter().filter(is_news).collect();
    decoder.diagnostics.extend(news);
    policy
}

fn is_missing(api: &crate::diagnostic::Api) -> bool {
    api.message.starts_with("Required value")
}

/// Wrong types in `metadata`, which change nothing of what the policy selects.
fn metadata_remarks(decoder: &Decoder<'_>) -> Vec<Spanned<Remark>> {
    let wrong = decoder.diagnostics.iter().filter(|found| found.rule == WRONG_TYPE);
    let paths = wrong.filter_map(|found| Some((found.api.as_ref()?.field.clone(), found.primary.span)));
    let mut remarks: Vec<_> =
        paths.map(|(path, span)| Spanned::new(Remark::InvalidMetadata { path }, span)).collect();
    remarks.dedup();
    remarks
}

/// A field that the server drops; one of `metadata` selects nothing.
fn dropped_field(diagnostic: &Diagnostic) -> Option<Spanned<Remark>> {
    let api = diagnostic.api.as_ref().filter(|_| diagnostic.rule == UNKNOWN_FIELD)?;
    let remark = Remark::DroppedField { path: api.field.clone() };
    (!api.field.starts_with("metadata.")).then(|| Spanned::new(remark, diagnostic.primary.span))
}
