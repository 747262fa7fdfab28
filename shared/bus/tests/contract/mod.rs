//! One contract, three buses. Postgres and Kafka are real ones; where one is not there, its tests say SKIP.

mod bed;
mod groups;
mod publishing;
mod reading;
mod sending;

mod beds;

/// Runs every clause of the contract on a bus.
macro_rules! contract {
    ($bus:ident: $($file:ident::$clause:ident),* $(,)?) => {
        mod $bus {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $clause() {
                    if let Some(bed) = crate::contract::beds::$bus().await {
                        crate::contract::$file::$clause(&bed).await;
                    }
                }
            )*
        }
    };
}

macro_rules! on_all {
    ($($clauses:tt)*) => {
        contract!(memory: $($clauses)*);
        contract!(postgres: $($clauses)*);
        contract!(kafka: $($clauses)*);
    };
}

on_all!(
    sending::equal_keys_keep_their_order_and_their_partition,
    sending::a_send_answers_where_each_record_is,
    sending::headers_keys_and_times_come_back_as_they_were,
    sending::a_record_too_large_is_refused_and_its_neighbours_are_unharmed,
    sending::a_topic_that_is_not_there_is_named,
    sending::many_senders_at_once_lose_nothing,
    sending::topics_are_made_once,
    groups::a_group_goes_on_where_it_committed,
    groups::a_batch_that_was_not_done_comes_again,
    groups::two_members_share_and_a_leaver_gives_its_part_back,
    groups::a_former_owner_cannot_commit,
    groups::a_member_that_left_cannot_commit,
    groups::a_slow_consumer_gets_everything_in_bounded_batches,
    groups::a_cancelled_call_loses_nothing,
    groups::a_group_starts_as_it_was_told,
    groups::positions_overrule_committed_offsets,
    groups::two_groups_do_not_disturb_each_other,
    publishing::a_publication_is_seen_whole,
    publishing::an_old_publisher_is_refused,
    publishing::a_publication_that_is_too_large_leaves_no_trace,
    publishing::a_consumer_that_waits_behind_a_publication_is_left_alone,
    reading::a_reader_starts_where_it_is_told_and_waits,
    reading::a_reader_reaches_the_end_past_transactions,
    reading::a_topic_is_described,
);
