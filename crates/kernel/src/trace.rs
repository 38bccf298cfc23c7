//! Where work stands in a trace, as W3C Trace Context writes it. It comes with a request, goes along
//! with the jobs that the request queues, and is nothing at all where nobody traces.

use opentelemetry::{
    Context,
    trace::{SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId},
};

/// Of others' notes in `tracestate`, more than this is not carried along: W3C asks for no more.
const LONGEST_STATE: usize = 512;

/// A place in a trace as it is written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TracePlace {
    /// Which trace, which span of it, and whether it is recorded.
    pub traceparent: String,
    /// What other systems have noted, empty where they have not.
    pub tracestate: String,
}

impl TracePlace {
    /// Where the work under way stands; `None` where nobody traces.
    pub fn current() -> Option<Self> {
        Context::map_current(Self::of)
    }

    /// Where this context stands.
    pub fn of(context: &Context) -> Option<Self> {
        let span = context.span();
        let place = span.span_context();
        let (trace, span, flags) = (place.trace_id(), place.span_id(), place.trace_flags());
        place.is_valid().then(|| Self {
            traceparent: format!("00-{trace}-{span}-{:02x}", u8::from(flags.is_sampled())),
            tracestate: place.trace_state().header(),
        })
    }
}

/// The context whose child goes on with what somebody else has begun; what they write wrongly counts
/// as nothing.
pub fn follow(traceparent: &str, tracestate: &str) -> Context {
    let beginning = Context::new();
    match parse(traceparent, tracestate) {
        Some(place) => beginning.with_remote_span_context(place),
        None => beginning,
    }
}

/// The API's own reader is content with less than W3C is.
fn parse(traceparent: &str, tracestate: &str) -> Option<SpanContext> {
    let mut parts = traceparent.trim_matches([' ', '\t']).splitn(5, '-');
    let mut next = |length: usize| {
        let lower = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        parts.next().filter(|part| part.len() == length && part.bytes().all(lower))
    };
    let (version, trace, span, flags) = (next(2)?, next(32)?, next(16)?, next(2)?);
    if version == "ff" || (version == "00" && parts.next().is_some()) {
        return None;
    }
    let flags = TraceFlags::new(u8::from_str_radix(flags, 16).ok()?) & TraceFlags::SAMPLED;
    let state = Some(tracestate).filter(|it| it.len() <= LONGEST_STATE);
    let state = state.and_then(|it| it.parse().ok()).unwrap_or_default();
    let (trace, span) = (TraceId::from_hex(trace).ok()?, SpanId::from_hex(span).ok()?);
    let place = SpanContext::new(trace, span, flags, true, state);
    place.is_valid().then_some(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    fn again(traceparent: &str, tracestate: &str) -> Option<TracePlace> {
        TracePlace::of(&follow(traceparent, tracestate))
    }

    #[test]
    fn what_comes_in_goes_out_again() {
        let place = again(PARENT, "a=1, b=2").unwrap();
        assert_eq!((place.traceparent.as_str(), place.tracestate.as_str()), (PARENT, "a=1,b=2"));
        let later = PARENT.replacen("00", "cc", 1) + "-what-comes-next";
        assert_eq!(again(&later, "").unwrap().traceparent, PARENT, "a later version");
        let unknown = format!("{}ff", &PARENT[..53]);
        assert_eq!(again(&unknown, "").unwrap().traceparent, PARENT, "flags nobody knows");
        assert_eq!(TracePlace::current(), None, "nobody traces");
    }

    #[test]
    fn what_is_written_wrongly_counts_as_nothing() {
        for wrong in [
            "",
            "00",
            &PARENT[1..],
            &PARENT[..54],
            &PARENT.to_uppercase(),
            &PARENT.replacen("00", "ff", 1),
            &format!("{PARENT}-more"),
            &PARENT.replace("0af7", "0xf7"),
            &PARENT.replace("b7ad6b7169203331", "+7ad6b716920333"),
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
        ] {
            assert_eq!(again(wrong, "a=1"), None, "{wrong}");
        }
        for wrong in ["no list", "A=1", &format!("a={}", "b".repeat(511))] {
            assert_eq!(again(PARENT, wrong).unwrap().tracestate, "", "{wrong}");
        }
    }
}
