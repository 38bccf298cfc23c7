use actix_web::{HttpResponse, get, post, web::Json};
use kernel::{At, Can, LastEventId, Page, PageOf, PageParameters, Problem, jobs::JobId};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    ReadJobs, WriteJobs,
    schemas::{JobOut, JobsFilter},
    service::{jobs, progress::listen},
};

pub fn routes(api: &mut ServiceConfig<'_>) {
    api.service(list_jobs)
        .service(read_job)
        .service(listen_to_job)
        .service(retry_job)
        .service(cancel_job);
}

/// List jobs
///
/// Those that wait, run, have failed too often or were cancelled; one that is done is gone. They are
/// sorted by `created_at` or `run_at`. Given-up ones are kept for as long as the setting
/// `system.dead_job_days` says.
#[utoipa::path(tag = "system", params(JobsFilter, PageParameters), responses((status = 200, body = PageOf<JobOut>)))]
#[get("")]
async fn list_jobs(
    can: Can<ReadJobs>,
    Page { page, filter }: Page<JobsFilter>,
) -> Result<PageOf<JobOut>, Problem> {
    Ok(jobs::list(can.view(), &page, filter).await?)
}

/// Read a job
#[utoipa::path(tag = "system", params(("id" = JobId, Path, description = "The job.")), responses((status = 200, body = JobOut), (status = 404, description = "There is none, or it is done.")))]
#[get("/{id}")]
async fn read_job(can: Can<ReadJobs>, At(id): At<JobId>) -> Result<Json<JobOut>, Problem> {
    Ok(Json(jobs::read(can.view(), id).await?))
}

/// Follow a job
///
/// Server-sent events, each the job as it is by then: `job` when it has begun, got further, failed or was
/// given up. At its end comes `done`, with its id, or `over` where it was given up, and nothing behind
/// that: whoever comes again with the id of that event is answered 204.
#[utoipa::path(tag = "system", params(("id" = JobId, Path, description = "The job."), ("Last-Event-ID" = Option<String>, Header, max_length = 64, description = "The last event that was heard.")), responses((status = 200, description = "Events.", content_type = "text/event-stream", body = String), (status = 204, description = "There is nothing more to hear."), (status = 404, description = "There is none, or it is done.")))]
#[get("/{id}/events")]
async fn listen_to_job(
    can: Can<ReadJobs>,
    At(id): At<JobId>,
    LastEventId(last): LastEventId,
) -> Result<HttpResponse, Problem> {
    match listen(can.view(), id, last).await? {
        Some(progress) => can.events(progress),
        None => Ok(HttpResponse::NoContent().finish()),
    }
}

/// Retry a job
///
/// One that is dead or cancelled begins anew, with all its attempts; one that waits for its next attempt
/// begins it now.
#[utoipa::path(tag = "system", params(("id" = JobId, Path, description = "The job.")), responses((status = 200, body = JobOut), (status = 404, description = "There is none, or it is done."), (status = 409, description = "It is running (`job_running`), or another for the same thing waits or runs (`job_waiting`).")))]
#[post("/{id}/retry")]
async fn retry_job(can: Can<WriteJobs>, At(id): At<JobId>) -> Result<HttpResponse, Problem> {
    can.answer(async |tx| Ok(HttpResponse::Ok().json(jobs::retry(tx, id).await?))).await
}

/// Cancel a job
///
/// One that waits does not begin; of one that runs nothing more is written from now on, and what it has
/// committed stays. It can be retried.
#[utoipa::path(tag = "system", params(("id" = JobId, Path, description = "The job.")), responses((status = 200, body = JobOut), (status = 404, description = "There is none, or it is done."), (status = 409, description = "It is dead or cancelled already (`job_over`).")))]
#[post("/{id}/cancel")]
async fn cancel_job(can: Can<WriteJobs>, At(id): At<JobId>) -> Result<HttpResponse, Problem> {
    can.answer(async |tx| Ok(HttpResponse::Ok().json(jobs::cancel(tx, id).await?))).await
}
