//! Flags, evaluated for whoever a client asks for: from memory, as code reads them.

use kernel::{
    OrgView, Scope,
    http::{fitted, parse_json},
    settings::{Declared, Definitions, EvaluationContext, Flag, Kind, Standpoint},
};
use sea_orm::DbErr;

use super::known;
use crate::{
    Error,
    errors::FlagFault,
    schemas::{
        Source,
        flags::{FlagEvaluationIn, FlagOut, FlagsOut},
    },
};

/// What the flag of this key is for whom the question names.
pub async fn evaluate(view: &OrgView, key: &str, question: &[u8]) -> Result<FlagOut, Error> {
    let context = context(view, question)?;
    let flag = view.of::<Definitions>().find(key).filter(|it| is_flag(it));
    resolve(view, flag.ok_or(FlagFault::NotFound)?, &context).await
}

/// What every flag is for whom the question names.
pub async fn evaluate_all(view: &OrgView, question: &[u8]) -> Result<FlagsOut, Error> {
    let context = context(view, question)?;
    let mut flags = Vec::new();
    for flag in view.of::<Definitions>().all().iter().filter(|it| is_flag(it)) {
        flags.push(resolve(view, flag, &context).await?);
    }
    Ok(FlagsOut { flags })
}

/// Who is meant: whom the question names, else who asks. What else it holds is data and decides
/// nothing, so that it may be anything.
fn context(view: &OrgView, question: &[u8]) -> Result<EvaluationContext, FlagFault> {
    let question = parse_json(question).map_err(|_| FlagFault::Unreadable)?;
    let question: FlagEvaluationIn = fitted(question).map_err(|_| FlagFault::BadContext)?;
    let asker = EvaluationContext::of(view);
    match question.context.targeting_key.filter(|it| !it.is_empty()) {
        Some(named) => Ok(EvaluationContext { targeting_key: Some(named), ..asker }),
        None => Ok(asker),
    }
}

fn is_flag(declared: &Declared) -> bool {
    declared.definition.kind() == Flag::NAME
}

async fn resolve(
    view: &OrgView,
    flag: &Declared,
    context: &EvaluationContext,
) -> Result<FlagOut, Error> {
    let from = Standpoint { organization: view.organization(), user: None };
    let found = known::counting_from(view.view(), flag.definition, from).await?;
    let (value, source) = match &found {
        Some((scope, value)) => (value, Source::from(*scope)),
        None => (&flag.default, Source::Default),
    };
    let key = flag.definition.key();
    // What is set was checked when it was read, and what is declared at the start.
    let misfit = |_| DbErr::Custom(format!("the value of {key} does not fit"));
    let rollout = Flag.read(value).map_err(misfit)?;
    Ok(FlagOut::of(key, rollout.resolve(key, context), source))
}
