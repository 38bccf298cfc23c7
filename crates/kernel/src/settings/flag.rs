//! Flags, as settings.

use sea_orm::DbErr;
use serde_json::{Value as Json, json};

use super::{
    Choice, Kind, Setting, SettingScope, Whole,
    kinds::misfit,
    rollout::{By, EvaluationContext, Rollout, State, Toggle},
};
use crate::{db::Scope, id::OrganizationId, problem::Invalid};

/// What is on for some and off for others.
///
/// A value's `state` is `on`, `off` or `split`: on for `percentage` in a hundred, `by` organization or
/// by user. Its `organizations` say what single ones have whatever the state: whom the platform names,
/// for them it has decided, as if it were locked, and they see no other's name. An organization that is
/// not named and sets a value of its own decides for itself alone, and so names none.
#[derive(Clone, Copy, Debug)]
pub struct Flag;

const STATE: Choice<State> =
    Choice { options: &[("on", State::On), ("off", State::Off), ("split", State::Split)] };
const PERCENTAGE: Whole = Whole { least: 0, most: 100 };
const BY: Choice<By> =
    Choice { options: &[("organization", By::Organization), ("user", By::User)] };
const RULE: Choice<Toggle> = Choice { options: &[("on", Toggle::On), ("off", Toggle::Off)] };

/// The member that names single ones.
const ORGANIZATIONS: &str = "organizations";

/// How many organizations a value may name.
const MOST_RULES: usize = 1_000;

impl Setting<Flag> {
    /// Whether it is on where one stands, for who asks; read as [`Setting::of`] reads.
    pub async fn is_on(&self, view: &impl Scope) -> Result<bool, DbErr> {
        let context = EvaluationContext::of(view);
        Ok(self.of(view).await?.resolve(self.key, &context).toggle == Toggle::On)
    }
}

impl Kind for Flag {
    type Value = Rollout;
    type Default = Toggle;
    const NAME: &'static str = "flag";

    fn schema(&self) -> Json {
        json!({
            "type": "object",
            "properties": {
                "state": STATE.schema(),
                "percentage": PERCENTAGE.schema(),
                "by": BY.schema(),
                ORGANIZATIONS: {
                    "type": "object",
                    "description": "By their ids; only the platform's value names any, and has decided for them.",
                    "propertyNames": { "type": "string", "format": "uuid" },
                    "additionalProperties": RULE.schema(),
                    "maxProperties": MOST_RULES,
                },
            },
            "required": ["state"],
            "additionalProperties": false,
            "if": { "properties": { "state": { "const": "split" } } },
            "then": { "required": ["percentage", "by"] },
        })
    }

    fn read(&self, value: &Json) -> Result<Rollout, Invalid> {
        let members = value.as_object().ok_or_else(|| misfit("an object"))?;
        let known = ["state", "percentage", "by", ORGANIZATIONS];
        if let Some(other) = members.keys().find(|it| !known.contains(&it.as_str())) {
            return Err(at(other)(Invalid::new("", "unknown_field", "is not known here")));
        }
        let missing = |name| at(name)(Invalid::new("", "required", "is missing"));
        let state = members.get("state").ok_or_else(|| missing("state"))?;
        let state = STATE.read(state).map_err(at("state"))?;
        let percentage = members.get("percentage").map(|it| PERCENTAGE.read(it));
        let percentage = percentage.transpose().map_err(at("percentage"))?;
        let by = members.get("by").map(|it| BY.read(it)).transpose().map_err(at("by"))?;
        if state == State::Split {
            percentage.ok_or_else(|| missing("percentage"))?;
            by.ok_or_else(|| missing("by"))?;
        }
        let organizations = members.get(ORGANIZATIONS).map(rules).transpose();
        Ok(Rollout {
            state,
            percentage: percentage.unwrap_or_default().unsigned_abs(),
            by: by.unwrap_or(By::Organization),
            organizations: organizations.map_err(at(ORGANIZATIONS))?.unwrap_or_default(),
        })
    }

    fn check_at(&self, value: &Rollout, scope: SettingScope) -> Result<(), Invalid> {
        if scope == SettingScope::Platform || value.organizations.is_empty() {
            return Ok(());
        }
        Err(Invalid::new("/organizations", "platform_only", "is the platform's to say"))
    }

    fn names(&self, value: &Json, organization: OrganizationId) -> bool {
        let named = value.get(ORGANIZATIONS);
        named.is_some_and(|it| it.get(organization.to_string()).is_some())
    }

    /// Which others are named, and so customers too, is nobody's business.
    fn seen_from(&self, mut value: Json, organization: Option<OrganizationId>) -> Json {
        let own = organization.map(|it| it.to_string());
        if let Some(members) = value.as_object_mut()
            && let Some(Json::Object(mut named)) = members.remove(ORGANIZATIONS)
        {
            named.retain(|id, _| own.as_ref() == Some(id));
            if !named.is_empty() {
                members.insert(ORGANIZATIONS.to_owned(), Json::Object(named));
            }
        }
        value
    }

    fn write(&self, default: Toggle) -> Json {
        json!({ "state": default.name() })
    }
}

fn rules(value: &Json) -> Result<Vec<(OrganizationId, Toggle)>, Invalid> {
    let members = value.as_object().ok_or_else(|| misfit("an object"))?;
    if members.len() > MOST_RULES {
        let message = format!("must name at most {MOST_RULES} organizations");
        return Err(Invalid::new("", "length", message));
    }
    let rule = |(name, toggle): (&String, &Json)| {
        // Spelled in one way only, no organization is named twice.
        let id = name.parse().ok().filter(|id: &OrganizationId| id.to_string() == *name);
        let id = id.ok_or_else(|| misfit("the id of an organization, in lower case"));
        Ok((id.map_err(at(name))?, RULE.read(toggle).map_err(at(name))?))
    };
    members.iter().map(rule).collect()
}

/// Puts a fault below a member, whose name can be anything (RFC 6901).
fn at(name: &str) -> impl Fn(Invalid) -> Invalid {
    let name: String = name.chars().filter(|it| !it.is_control()).take(64).collect();
    let name = name.replace('~', "~0").replace('/', "~1");
    move |fault| Invalid { pointer: format!("/{name}{}", fault.pointer), ..fault }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "01936f6e-0000-7000-8000-000000000001";

    fn fault(value: &Json) -> String {
        let fault = Flag.read(value).err().unwrap();
        format!("{} {}", fault.pointer, fault.code)
    }

    #[test]
    fn a_value_says_for_whom_it_is_on() {
        let value = json!({
            "state": "split", "percentage": 25, "by": "user", "organizations": { ID: "off" },
        });
        let organizations = vec![(ID.parse().unwrap(), Toggle::Off)];
        let rollout = Rollout { state: State::Split, percentage: 25, by: By::User, organizations };
        assert_eq!(Flag.read(&value), Ok(rollout));
        for toggle in [Toggle::On, Toggle::Off] {
            assert!(Flag.read(&Flag.write(toggle)).is_ok());
        }
        let paused = json!({ "state": "off", "percentage": 25, "by": "organization" });
        assert!(Flag.read(&paused).is_ok(), "a share may wait to be on again");
    }

    #[test]
    fn what_is_wrong_is_told_by_its_place() {
        let cases = [
            (json!(true), " type"),
            (json!(["on"]), " type"),
            (json!({}), "/state required"),
            (json!({ "state": "partial" }), "/state unknown_value"),
            (json!({ "state": { "on": null } }), "/state unknown_value"),
            (json!({ "state": "split", "by": "user" }), "/percentage required"),
            (json!({ "state": "split", "percentage": 5 }), "/by required"),
            (json!({ "state": "on", "percentage": 101 }), "/percentage range"),
            (json!({ "state": "on", "percentage": -1 }), "/percentage range"),
            (json!({ "state": "on", "percentage": 0.5 }), "/percentage type"),
            (json!({ "state": "on", "by": "country" }), "/by unknown_value"),
            (json!({ "state": "on", "a/b": 1 }), "/a~1b unknown_field"),
            (json!({ "state": "on", "organizations": [ID] }), "/organizations type"),
            (json!({ "state": "on", "organizations": { "x": "on" } }), "/organizations/x type"),
        ];
        for (value, told) in cases {
            assert_eq!(fault(&value), told, "{value}");
        }
        let twice = json!({ "state": "on", "organizations": { ID.to_uppercase(): "on" } });
        assert_eq!(fault(&twice), format!("/organizations/{} type", ID.to_uppercase()));
        let rule = json!({ "state": "on", "organizations": { ID: true } });
        assert_eq!(fault(&rule), format!("/organizations/{ID} unknown_value"));
        let many = (0..=MOST_RULES).map(|it| (it.to_string(), json!("on"))).collect();
        let many = json!({ "state": "on", "organizations": Json::Object(many) });
        assert_eq!(fault(&many), "/organizations length");
    }

    /// ASVS 8.2.2: whose names else stand in a value is told to nobody.
    #[test]
    fn who_is_named_is_told_of_themselves_alone() {
        let other = "01936f6e-0000-7000-8000-000000000002";
        let value = json!({ "state": "off", "organizations": { ID: "on", other: "off" } });
        let [named, unnamed] = [ID, "01936f6e-0000-7000-8000-000000000003"]
            .map(|it| it.parse::<OrganizationId>().unwrap());
        assert!(Flag.names(&value, named) && !Flag.names(&value, unnamed));
        assert!(!Flag.names(&json!({ "state": "on" }), named));
        let seen = |from| Flag.seen_from(value.clone(), from);
        assert_eq!(seen(Some(named)), json!({ "state": "off", "organizations": { ID: "on" } }));
        assert_eq!(
            [seen(Some(unnamed)), seen(None)],
            [json!({ "state": "off" }), json!({ "state": "off" })]
        );
    }

    #[test]
    fn only_the_platform_names_organizations() {
        let named = Flag.read(&json!({ "state": "on", "organizations": { ID: "off" } })).unwrap();
        assert!(Flag.check_at(&named, SettingScope::Platform).is_ok());
        let refused = Flag.check_at(&named, SettingScope::Organization).unwrap_err();
        assert_eq!(refused.pointer, "/organizations");
        let plain = Flag.read(&json!({ "state": "on", "organizations": {} })).unwrap();
        assert!(Flag.check_at(&plain, SettingScope::Organization).is_ok());
    }
}
