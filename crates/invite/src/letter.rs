//! What people are told: invitations, updates, cancellations to attendees; notices to organizers.
