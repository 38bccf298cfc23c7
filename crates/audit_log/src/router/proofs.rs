//! What proves the log: the same on the platform and in an organization.

use actix_web::{HttpResponse, get, post, web::Json};
use kernel::{Accepted, Anyone, At, Can, Problem, Query, Resource, Valid};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    EntryId, Read,
    models::verifications::{Verification, VerificationId},
    organization, proof,
    schemas::proofs::{
        CheckpointOut, ConsistencyProofOut, InclusionProofOut, SigningKeyOut, Sizes,
        VerificationIn, VerificationOut,
    },
    verify,
};

pub fn routes(api: &mut ServiceConfig<'_>) {
    api.service(list_keys)
        .service(read_checkpoint)
        .service(prove_consistency)
        .service(verify_log)
        .service(read_verification)
        .service(prove_entry);
}

pub fn organization_routes(api: &mut ServiceConfig<'_>) {
    api.service(read_organization_checkpoint)
        .service(prove_organization_consistency)
        .service(verify_organization_log)
        .service(read_organization_verification)
        .service(prove_organization_entry);
}

/// List the keys that sign audit logs
///
/// The newest first; it signs, and the others verify what they have signed.
#[utoipa::path(tag = "audit log", responses((status = 200, body = Vec<SigningKeyOut>)))]
#[get("/keys")]
async fn list_keys(door: Anyone) -> Result<Json<Vec<SigningKeyOut>>, Problem> {
    Ok(Json(proof::keys(door.view()).await?))
}

/// Read the newest checkpoint of the platform's log
#[utoipa::path(tag = "audit log", responses((status = 200, body = CheckpointOut), (status = 404, description = "Nothing has been signed yet.")))]
#[get("/checkpoints/latest")]
async fn read_checkpoint(can: Can<Read>) -> Result<Json<CheckpointOut>, Problem> {
    Ok(Json(proof::latest(can.view()).await?))
}

/// Prove that the platform's log has only grown
#[utoipa::path(tag = "audit log", params(Sizes), responses((status = 200, body = ConsistencyProofOut), (status = 409, description = "As much is not sealed yet (`not_sealed`).")))]
#[get("/consistency")]
async fn prove_consistency(
    can: Can<Read>,
    Query(Sizes { from, to }): Query<Sizes>,
) -> Result<Json<ConsistencyProofOut>, Problem> {
    Ok(Json(proof::between(can.view(), from, to).await?))
}

/// Prove that an entry is in the platform's log
#[utoipa::path(tag = "audit log", params(("event_id" = EntryId, Path, description = "The entry.")), responses((status = 200, body = InclusionProofOut), (status = 404, description = "There is none."), (status = 409, description = "It is not signed yet (`not_sealed`); that takes a few seconds.")))]
#[get("/{event_id}/proof")]
async fn prove_entry(
    can: Can<Read>,
    At(id): At<EntryId>,
) -> Result<Json<InclusionProofOut>, Problem> {
    Ok(Json(proof::of_entry(can.view(), id).await?))
}

/// Verify the platform's log
///
/// Every entry, its seal, and every checkpoint. It goes on behind the answer; `Location` says where to
/// see how far it is and, at its end, the first entry that is not as it was sealed.
#[utoipa::path(tag = "audit log", request_body = VerificationIn, responses((status = 202, body = VerificationOut), (status = 409, description = "The log is being verified (`verification_under_way`).")))]
#[post("/verify")]
async fn verify_log(can: Can<Read>, with: Valid<VerificationIn>) -> Result<HttpResponse, Problem> {
    let note = with.into_inner().checkpoint;
    can.answer(async |tx| Ok(accepted(verify::begin(tx, note).await?))).await
}

/// Read a verification of the platform's log
#[utoipa::path(tag = "audit log", params(("id" = VerificationId, Path, description = "The verification.")), responses((status = 200, body = VerificationOut), (status = 404, description = "There is none.")))]
#[get("/verifications/{id}")]
async fn read_verification(
    can: Can<Read>,
    At(id): At<VerificationId>,
) -> Result<Resource<VerificationOut>, Problem> {
    Ok(Resource(verify::read(can.view(), id).await?.into()))
}

/// Read the newest checkpoint of the organization's log
#[utoipa::path(tag = "audit log", responses((status = 200, body = CheckpointOut), (status = 404, description = "Nothing has been signed yet.")))]
#[get("/checkpoints/latest")]
async fn read_organization_checkpoint(
    can: Can<organization::Read>,
) -> Result<Json<CheckpointOut>, Problem> {
    Ok(Json(proof::latest(can.view()).await?))
}

/// Prove that the organization's log has only grown
#[utoipa::path(tag = "audit log", params(Sizes), responses((status = 200, body = ConsistencyProofOut), (status = 409, description = "As much is not sealed yet (`not_sealed`).")))]
#[get("/consistency")]
async fn prove_organization_consistency(
    can: Can<organization::Read>,
    Query(Sizes { from, to }): Query<Sizes>,
) -> Result<Json<ConsistencyProofOut>, Problem> {
    Ok(Json(proof::between(can.view(), from, to).await?))
}

/// Prove that an entry is in the organization's log
#[utoipa::path(tag = "audit log", params(("event_id" = EntryId, Path, description = "The entry.")), responses((status = 200, body = InclusionProofOut), (status = 404, description = "There is none."), (status = 409, description = "It is not signed yet (`not_sealed`); that takes a few seconds.")))]
#[get("/{event_id}/proof")]
async fn prove_organization_entry(
    can: Can<organization::Read>,
    At(id): At<EntryId>,
) -> Result<Json<InclusionProofOut>, Problem> {
    Ok(Json(proof::of_entry(can.view(), id).await?))
}

/// Verify the organization's log
///
/// Every entry, its seal, and every checkpoint. It goes on behind the answer; `Location` says where to
/// see how far it is and, at its end, the first entry that is not as it was sealed.
#[utoipa::path(tag = "audit log", request_body = VerificationIn, responses((status = 202, body = VerificationOut), (status = 409, description = "The log is being verified (`verification_under_way`).")))]
#[post("/verify")]
async fn verify_organization_log(
    can: Can<organization::Read>,
    with: Valid<VerificationIn>,
) -> Result<HttpResponse, Problem> {
    let note = with.into_inner().checkpoint;
    can.answer(async |tx| Ok(accepted(verify::begin(tx, note).await?))).await
}

/// Read a verification of the organization's log
#[utoipa::path(tag = "audit log", params(("id" = VerificationId, Path, description = "The verification.")), responses((status = 200, body = VerificationOut), (status = 404, description = "There is none.")))]
#[get("/verifications/{id}")]
async fn read_organization_verification(
    can: Can<organization::Read>,
    At(id): At<VerificationId>,
) -> Result<Resource<VerificationOut>, Problem> {
    Ok(Resource(verify::read(can.view(), id).await?.into()))
}

fn accepted(begun: Verification) -> Accepted<VerificationOut> {
    Accepted::beside(format!("verifications/{}", begun.id), begun.into())
}
