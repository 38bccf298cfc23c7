pub mod organization;
pub mod proofs;

use actix_web::{HttpResponse, get, web::Json};
use kernel::{At, Can, LastEventId, Page, PageOf, PageParameters, Problem, Query, View};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    EntryId, Read,
    schemas::{AuditEntryOut, AuditFilter, export::AuditExport},
    service::{
        self,
        export::{Place, begin, page},
        tail::listen,
    },
    stored::ExportLine,
};

pub fn routes(api: &mut ServiceConfig<'_>) {
    api.service(list_audit_log)
        .service(export_audit_log)
        .service(listen_to_audit_log)
        .service(read_audit_entry);
}

/// List the platform's audit log
///
/// What happened outside every organization; what happened in one is in its own log.
#[utoipa::path(tag = "audit log", params(PageParameters, AuditFilter), responses((status = 200, body = PageOf<AuditEntryOut>)))]
#[get("")]
async fn list_audit_log(
    can: Can<Read>,
    Page { page, filter }: Page<AuditFilter>,
) -> Result<PageOf<AuditEntryOut>, Problem> {
    Ok(service::list(can.view(), &page, &filter).await?)
}

/// Export the platform's audit log
///
/// NDJSON without a filter is the whole log up to its newest checkpoint, in the order of `seq`, each entry
/// as its seal covers it and beside that, in `told`, what is encrypted in it: `server audit verify` proves
/// it with nothing but the public key. Where the oldest entries were kept long enough and removed, a
/// first line tells what came before. With a filter, and as a table, it is in the order of time and proves
/// nothing as a whole, for nobody can tell what is missing. In CSV, a `'` stands before what a spreadsheet
/// would take for a formula. Exporting is itself recorded. Where the answer breaks off, the connection is
/// closed without an end of the body.
#[utoipa::path(tag = "audit log", params(AuditExport), responses((status = 200, description = "The file.", content((String = "text/csv"), (ExportLine = "application/x-ndjson"))), (status = 409, description = "Nothing has been signed yet, so that nothing could be proved (`not_sealed`).")))]
#[get("/export")]
async fn export_audit_log(
    can: Can<Read>,
    Query(wanted): Query<AuditExport>,
) -> Result<HttpResponse, Problem> {
    let (format, filter) = wanted.parts();
    let file = begin(&can, format, &filter).await?;
    let step = async move |view: &View, place| page(view, format, &filter, place).await;
    can.stream(file, Place::Begin, step).await
}

/// Follow the platform's audit log
///
/// Server-sent events named `entry`, each an entry with its `seq` as the event's id, in that order and
/// without a gap, as soon as it is sealed. Who comes again with `Last-Event-ID` hears everything since; who
/// brings none hears what happens from now on, and `Last-Event-ID: 0` begins with the first entry there is.
#[utoipa::path(tag = "audit log", params(("Last-Event-ID" = Option<String>, Header, max_length = 20, description = "The last event that was heard.")), responses((status = 200, description = "Events.", content_type = "text/event-stream", body = String)))]
#[get("/stream")]
async fn listen_to_audit_log(
    can: Can<Read>,
    LastEventId(last): LastEventId,
) -> Result<HttpResponse, Problem> {
    let tail = listen(can.view(), last).await?;
    can.events(tail)
}

/// Read an entry of the platform's audit log
///
/// It never changes, but what is personal in it is gone once the person has been erased.
#[utoipa::path(tag = "audit log", params(("event_id" = EntryId, Path, description = "The entry.")), responses((status = 200, body = AuditEntryOut), (status = 404, description = "There is no such entry here, or not any more.")))]
#[get("/{event_id}")]
async fn read_audit_entry(
    can: Can<Read>,
    At(id): At<EntryId>,
) -> Result<Json<AuditEntryOut>, Problem> {
    Ok(Json(service::read(can.view(), id).await?))
}
