"""The rows of the matrix of hostile and odd files, and the tests that show each.

What is expected: R refused by file and reason; S skipped, counted and named, the rest loads; N loads
with a note; K the run ends in good order; X the decoding process dies and the program lives on;
OK loads as any other.
"""

from __future__ import annotations

from dataclasses import dataclass

PICTURES = "tests/data/images/test_decoded_picture.py"
FOLDER = "tests/data/images/test_image_folder.py"
POOL = "tests/data/isolation/test_decoder_pool.py"
DOORS = "tests/data/files/test_doors.py"
NPY = "tests/data/arrays/test_npy.py"
IDX = "tests/data/arrays/test_idx.py"
READING = "tests/data/test_reading.py"
CHECKS = "tests/data/checks/test_checks.py"
FUZZ = "tests/data/test_fuzz.py"
A = "tests/hostile/test_pictures.py"
B = "tests/hostile/test_arrays.py"
M = "tests/hostile/test_models.py"
STATES = "tests/runs/test_checkpoints.py"
RUNS = "tests/runs/test_folder.py"
BUNDLES = "tests/workflows/test_use_of_runs.py"
DROPS = "tests/gui/test_drops.py"
ATOMIC = "tests/runs/test_atomic.py"
CSV = "tests/data/tables/test_csv_reliability.py"
PARQUET = "tests/data/tables/test_parquet.py"
LARGE_CSV = "tests/data/tables/test_streamed.py"
LARGE_PARQUET = "tests/data/tables/test_parquet_streamed.py"


@dataclass(frozen=True, slots=True)
class Row:
    """One kind of file: its name in the matrix, what is expected, and who shows it."""

    name: str
    expected: str
    what: str
    #: Names of tests, ``file::function`` or ``file::beginning*``; none where nobody shows the row.
    tests: tuple[str, ...] = ()


def _row(name: str, expected: str, what: str, *tests: str) -> Row:
    return Row(name, expected, what, tests)


def _in(file: str, *functions: str) -> tuple[str, ...]:
    return tuple(f"{file}::{function}" for function in functions)


ROWS = (
    # --- A: pictures ------------------------------------------------------------------------------
    _row("A01", "S", "cut pictures of every format",
         *_in(FOLDER, "test_a_picture_cut_anywhere_is_skipped"),
         "tests/data/images/test_tiff.py::test_cut_stacks_are_refused"),
    _row("A02", "S", "no byte, one byte, text called .png",
         *_in(A, "test_a02_nothing_one_byte_and_text_are_skipped"),
         *_in(PICTURES, "test_other_content_is_refused")),
    _row("A03", "S", "a bomb of 50,000 x 50,000 pixels",
         *_in(FOLDER, "test_damaged_files_are_skipped_counted_and_named"),
         "tests/data/images/test_image_archive.py::test_clutter_is_passed_over_and_damage_is_named"),
    _row("A04", "OK/S", "the limit of pixels, and one more",
         *_in(PICTURES, "test_the_limit_itself_is_allowed",
              "test_a_bomb_is_refused_before_it_is_decoded")),
    _row("A05", "S", "a bomb of text in a PNG",
         *_in(FOLDER, "test_damaged_files_are_skipped_counted_and_named")),
    _row("A06", "N", "10,000 frames",
         *_in(A, "test_a06_of_ten_thousand_frames_the_first_is_read_at_once"),
         *_in(PICTURES, "test_several_pictures_in_a_file_are_noticed_without_reading_them")),
    _row("A07", "S/N", "TIFF directories in a circle, many pages",
         *_in(PICTURES, "test_a_tiff_whose_directories_run_in_a_circle_is_read_once"),
         *_in("tests/data/images/test_tiff.py", "test_a_list_of_pages_that_leads_in_a_circle_ends",
              "test_every_page_is_a_sample")),
    _row("A08", "S", "EPS, PDF, FITS, PSD, SVG called .png",
         *_in(A, "test_a08_no_other_program_is_started_for_documents")),
    _row("A09", "N", "a JPEG called .png",
         *_in(FOLDER, "test_content_decides_what_a_picture_is")),
    _row("A10", "OK", "CMYK and inverted CMYK",
         *_in(PICTURES, "test_cmyk_equals_its_reference")),
    _row("A11", "OK", "16 bits and floating point, not clipped",
         *_in(A, "test_a11_a_ramp_over_the_whole_range_is_not_clipped"),
         *_in(PICTURES, "test_sixteen_bits_are_kept",
              "test_deep_pictures_among_bytes_are_not_clipped"),
         "tests/data/images/test_tiff.py::test_values_of_every_number_type_are_kept"),
    _row("A12", "OK", "transparency of every kind",
         *_in(PICTURES, "test_transparency_is_laid_over_the_background",
              "test_a_transparent_palette_entry_is_transparency",
              "test_a_transparent_grey_is_transparency")),
    _row("A13", "OK", "the camera's orientation, 1 to 8",
         *_in(PICTURES, "test_the_cameras_orientation_is_undone",
              "test_the_orientation_of_sixteen_bit_colour_is_undone")),
    _row("A14", "OK", "a bad colour profile, 10 MB of notes",
         *_in(PICTURES, "test_a_damaged_colour_profile_is_ignored",
              "test_damaged_notes_of_the_camera_are_ignored",
              "test_ten_megabytes_of_notes_are_ignored")),
    _row("A15", "N", "mixed sizes and colours",
         *_in(FOLDER, "test_most_pictures_decide_and_the_mix_is_counted",
              "test_mixed_sizes_become_squares_of_the_usual_side"),
         *_in(FUZZ, "test_every_mode_becomes_every_plan")),
    _row("A16", "R", "folders without anything to read",
         *_in(A, "test_a16_folders_without_anything_to_read_are_refused")),
    _row("A17", "N", "one picture, one class",
         *_in(A, "test_a17_one_picture_and_one_class_are_read")),
    _row("A18", "S", "links in a circle and out, pipes, devices",
         *_in(A, "test_a18_links_pipes_and_devices_are_not_followed"),
         *_in(POOL, "test_the_real_decoder_follows_no_links_and_reads_no_pipes")),
    _row("A19", "OK", "names of any bytes, from right to left, of 255 bytes",
         *_in(POOL, "test_the_real_decoder_reads_names_of_any_bytes"),
         *_in(READING, "test_names_that_are_not_utf8_can_be_read_and_written_about"),
         *_in(DOORS, "test_names_that_are_not_utf8_can_be_shown")),
    _row("A20", "S", "deleted or replaced between two looks",
         *_in(FOLDER, "test_a_file_that_changes_between_the_two_looks_is_skipped",
              "test_a_folder_that_vanishes_between_the_two_looks_is_refused")),
    _row("A21", "S", "files and folders that may not be read",
         *_in(FOLDER, "test_unreadable_files_and_folders_are_named"),
         *_in(DOORS, "test_unreadable_files_are_refused")),
    _row("A22", "N", "1 x 1 and 1 x 10,000 pixels",
         *_in(A, "test_a22_a_point_and_a_line_are_read_with_a_note")),
    _row("A23", "X", "a decoder that crashes or hangs",
         *_in(POOL, "test_the_file_over_which_a_decoder_dies_is_named_and_the_rest_is_read",
              "test_a_decoder_that_hangs_is_ended"),
         "tests/data/isolation/test_apart.py::test_the_file_is_named_and_the_program_lives_on"),
    # --- B: arrays and archives -------------------------------------------------------------------
    _row("B01", "R", "Python objects in arrays",
         *_in(NPY, "test_other_types_are_refused_by_name", "test_a_pickled_array_is_never_opened"),
         "tests/data/arrays/test_npz.py::test_pickled_members_are_refused"),
    _row("B02", "R", "pickles called .npy, .npz, .gz",
         *_in(READING, "test_pickles_are_never_opened")),
    _row("B03", "R", "a forged shape",
         *_in(NPY, "test_a_forged_shape_is_refused_before_memory_is_reserved"),
         "tests/data/arrays/test_hdf5.py::test_a_claim_of_gigabytes_is_refused_before_memory_is_reserved"),
    _row("B04", "R", "a header of 4 GiB",
         *_in(NPY, "test_a_header_of_four_gigabytes_is_refused")),
    _row("B05", "R", "negative, overflowing and false shapes",
         *_in(NPY, "test_damaged_headers_are_refused"), *_in(FUZZ, "test_any_claim_of_npy")),
    _row("B06", "R", "bombs, archives in archives",
         *_in(DOORS, "test_a_bomb_is_refused_by_its_ratio",
              "test_packed_data_beyond_the_memory_is_refused"),
         *_in(B, "test_b06_archives_within_archives_are_not_opened")),
    _row("B07", "R", "two members of one name",
         *_in(DOORS, "test_duplicate_members_are_refused")),
    _row("B08", "R", "members called ../, absolute, with NUL",
         *_in(DOORS, "test_unsafe_member_names_are_refused", "test_a_name_with_a_nul_is_refused")),
    _row("B09", "R", "false headers and checksums, encryption, 65,000 members",
         *_in(DOORS, "test_a_local_name_that_differs_is_refused",
              "test_a_changed_byte_is_found_by_the_checksum",
              "test_encrypted_and_unusual_members_are_refused",
              "test_too_many_members_are_refused_before_the_directory_is_read")),
    _row("B10", "R", "cut at every byte, junk behind",
         *_in(NPY, "test_every_cut_and_any_addition_is_refused"),
         *_in(DOORS, "test_every_cut_of_an_archive_is_refused")),
    _row("B11", "OK/R", "every number type and order",
         *_in(NPY, "test_numbers_are_read_as_numpy_reads_them",
              "test_other_types_are_refused_by_name")),
    _row("B12", "N/R", "no axis, no value, six axes, one sample",
         *_in(NPY, "test_arrays_that_are_no_set_of_samples_are_refused",
              "test_empty_arrays_are_refused", "test_one_sample_is_read_with_a_warning")),
    _row("B13", "N", "NaN, infinity, constant, the smallest and largest",
         *_in(B, "test_b13_numbers_at_the_edges_are_counted_and_scaled_to_finite_ones"),
         *_in(READING, "test_missing_pixels_are_counted"),
         *_in(CHECKS, "test_columns_in_which_all_agree_are_named_and_left_out")),
    _row("B14", "R", "impossible IDX headers, also under python -O",
         *_in(IDX, "test_impossible_headers_are_refused", "test_every_cut_is_refused",
              "test_another_number_of_labels_is_refused"),
         *_in(READING, "test_checks_hold_without_assert_statements"),
         *_in(FUZZ, "test_any_claim_of_idx")),
    _row("B15", "R", "damaged gzip; of several members it loads",
         *_in(DOORS, "test_every_cut_and_every_flipped_byte_of_a_gzip_is_refused_or_harmless",
              "test_junk_behind_a_gzip_is_refused",
              "test_a_claim_beyond_what_gzip_can_hold_is_refused_before_memory_is_reserved"),
         *_in(B, "test_b15_a_gzip_of_several_members_is_one")),
    _row("B16", "R", "tar with links, devices, names that clash",
         *_in(B, "test_b16_no_kind_of_tar_is_unpacked")),
    _row("B17", "K", "a mapped file cut off while training",
         *_in("tests/data/files/test_mapped_file.py", "test_a_change_is_told_and_the_process_lives",
              "test_a_file_replaced_by_another_does_no_harm")),
    # --- C: tables, text, series, JSON ------------------------------------------------------------
    _row("C01", "N/R", "every encoding, damaged UTF-8", f"{CSV}::test_c01_*"),
    _row("C02", "N/R", "NUL, mixed ends of lines", f"{CSV}::test_c02_*"),
    _row("C03", "R", "ragged rows, an open quote", f"{CSV}::test_c03_*"),
    _row("C04", "OK", "a table larger than the memory",
         f"{CSV}::test_c04_*", f"{LARGE_CSV}::test_c04_*", f"{LARGE_PARQUET}::test_c04_*"),
    _row("C05", "R", "a field of 100 MB, 100,000 columns", f"{CSV}::test_c05_*"),
    _row("C06", "OK", "semicolon, tab, decimal comma", f"{CSV}::test_c06_*"),
    _row("C07", "N", "missing cells, empty columns", f"{CSV}::test_c07_*"),
    _row("C08", "N", "a constant column", f"{CSV}::test_c08_*"),
    _row("C09", "N", "columns of texts, keys, mixtures", f"{CSV}::test_c09_*"),
    _row("C10", "N/R", "no, double, empty names; a header alone", f"{CSV}::test_c10_*"),
    _row("C11", "N/R", "one row, few rows", f"{CSV}::test_c11_*"),
    _row("C12", "OK", "formulas in what is exported",
         "tests/hostile/test_formulas.py::test_c12_*",
         *_in("tests/export/test_codes.py", "test_a_formula_is_text_whatever_stands_before_it",
              "test_csv_keeps_every_number_and_neutralises_texts")),
    _row("C13", "R/X", "Parquet with pickles, damage",
         f"{PARQUET}::test_c13_*", f"{LARGE_PARQUET}::test_c13_*"),
    _row("C14", "R", "Arrow and Feather",
         f"{PARQUET}::test_c14_*",
         *_in(READING, "test_refusals_show_the_way_to_the_same_data")),
    _row("C15", "N", "series unsorted, twice, with gaps, summer time",
         "tests/hostile/test_series.py::test_c15_*",
         "tests/data/tables/test_series_use.py::test_rows_out_of_order_twice_or_missing_are_told",
         *_in("tests/data/series/test_time_grid.py", "test_rows_in_any_order_come_out_in_the_order_of_time",
              "test_rows_at_the_same_moment_become_their_mean",
              "test_autumn_and_spring_of_a_clock_are_told",
              "test_a_gap_is_cut_bridged_marked_or_ignored")),
    _row("C16", "N/R", "a line of 10 MB, emoji, empty texts",
         *_in("tests/data/text/test_text_reading.py", "test_what_is_no_list_of_texts_is_refused",
              "test_emoji_and_combining_characters_are_kept",
              "test_empty_and_repeated_lines_are_told",
              "test_any_bytes_end_in_texts_or_an_error")),
    _row("C17", "R", "odd JSON", *_in(B, "test_c17_odd_json_is_refused_wherever_it_is_read",
                                      "test_c17_the_last_of_two_keys_does_not_win")),
    # --- D: models, runs, what people hand over ---------------------------------------------------
    _row("D01", "R", "files that run code when they are unpickled, of every kind",
         f"{M}::test_d01_*", *_in(READING, "test_pickles_are_never_opened",
                                  "test_tar_archives_are_not_unpacked")),
    _row("D02", "R", "pickles in shapes that scanners miss", f"{M}::test_d01_d02_*"),
    _row("D03", "R", "no means to run code from a file anywhere in the program",
         "tests/architecture/test_forbidden_code.py::test_*"),
    _row("D04", "R", "every test of reading listens for code, programs and a network",
         "tests/architecture/test_watches.py::test_misbehaving_tests_are_caught"),
    _row("D05", "R", "impossible lengths, overlaps, holes, names twice, 100,000 tensors",
         *_in(STATES, "test_bytes_that_are_no_state_are_refused",
              "test_too_many_tensors_are_refused")),
    _row("D06", "R", "weights of other names and shapes, weights that are no numbers",
         f"{M}::test_d06_*"),
    _row("D07", "R", "recipes of unknown layers, of 10^12 units, of 10^6 layers",
         f"{M}::test_d07_*",
         *_in("tests/test_experiment.py", "test_any_text_is_a_recipe_or_an_option_error"),
         *_in(RUNS, "test_a_changed_description_is_refused_with_its_field")),
    _row("D08", "R", "ONNX with values in other files", f"{M}::test_d08_*"),
    _row("D09", "R", "ONNX of any size and depth", f"{M}::test_d09_*"),
    _row("D10", "R", "models of other programs",
         f"{M}::test_d10_*", *_in(READING, "test_refusals_show_the_way_to_the_same_data"),
         *_in(DROPS, "test_formats_that_run_code_are_refused_before_they_are_read")),
    _row("D11", "R", "runs with links and with names that lead out",
         "tests/runs/test_reading.py::test_names_that_lead_out_are_refused",
         "tests/runs/test_reading.py::test_a_linked_folder_on_the_way_is_refused",
         *_in(RUNS, "test_links_are_not_followed", "test_what_is_no_plain_file_does_not_hang"),
         *_in(STATES, "test_links_out_of_the_run_are_not_followed",
              "test_a_manifest_cannot_name_files_elsewhere"),
         "tests/runs/test_listing.py::test_a_title_becomes_a_name_for_every_file_system"),
    _row("D12", "N", "a run of a newer version is looked at and never changed",
         *_in(RUNS, "test_a_run_of_a_newer_version_can_be_looked_at_but_not_changed",
              "test_a_newer_version_that_lacks_what_we_need_is_damaged")),
    _row("D13", "OK", "runs of each older version", "tests/workflows/test_older_runs.py::test_*"),
    _row("D14", "K", "saved states changed byte by byte",
         f"{M}::test_d14_*",
         *_in(STATES, "test_a_damaged_newest_state_gives_way_to_the_one_before",
              "test_a_damaged_manifest_is_replaced_by_looking_at_the_files",
              "test_when_all_are_damaged_the_newest_is_named")),
    _row("D15", "R", "addresses, texts and 10,000 things dropped on the window",
         f"{M}::test_d15_*",
         *_in(DROPS, "test_nothing_is_fetched_from_a_network", "test_text_is_refused",
              "test_too_many_files_at_once_are_refused_with_a_way_out")),
    _row("D16", "OK", "markup and control characters in names are shown as they are",
         "tests/cli/test_bad_input.py::test_control_characters_in_names_are_shown_not_obeyed",
         "tests/gui/test_messages.py::test_markup_in_a_name_is_shown_and_not_obeyed",
         "tests/export/test_safetensors.py::test_names_are_shown_as_they_are"),
    _row("D17", "R", "exported models that were changed",
         f"{M}::test_d01_d17_*",
         *_in(BUNDLES, "test_a_changed_file_of_an_exported_folder_is_named",
              "test_an_impossible_manifest_is_refused",
              "test_a_forged_file_with_its_checksum_is_still_checked")),
    _row("D18", "R", "arguments with ~, *, line breaks and the like", f"{M}::test_d18_*"),
    _row("D19", "R", "links planted where a file is about to be written",
         *_in(ATOMIC, "test_a_planted_link_is_refused_and_not_followed",
              "test_a_link_at_the_final_name_is_replaced_and_not_followed",
              "test_nobody_else_can_read_an_unfinished_file",
              "test_growing_files_are_not_opened_through_links")),
    # --- H: any bytes at all; python -m tests.hostile.guided goes on for as long as one likes ------
    _row("H01", "R", "any IDX",
         *_in(FUZZ, "test_any_claim_of_idx", "test_damaged_arrays", "test_any_bytes")),
    _row("H02", "R", "any .npy and .npz",
         *_in(FUZZ, "test_any_header_of_npy", "test_any_claim_of_npy", "test_damaged_arrays")),
    _row("H03", "R", "any CSV", *_in(CSV, "test_any_bytes_end_in_a_dataset_or_a_refusal",
                                     "test_any_text_ends_in_a_dataset_or_a_refusal")),
    _row("H04", "R", "any picture",
         *_in(FUZZ, "test_damaged_pictures", "test_pictures_that_only_begin_like_one")),
    _row("H05", "R", "any tensors", f"{M}::test_h05_*"),
    _row("H06", "R", "any description of a run",
         *_in(RUNS, "test_any_bytes_as_description_are_refused",
              "test_any_json_as_description_is_refused", "test_deep_and_long_json_is_refused",
              "test_a_giant_description_is_refused_before_it_is_read")),
    _row("H07", "R", "any ONNX: none is ever opened", f"{M}::test_d08_*", f"{M}::test_d09_*"),
    _row("H08", "R", "any saved state", f"{M}::test_h05_h08_*", f"{M}::test_d14_*"),
    _row("H09", "N", "any history of a run",
         *_in("tests/runs/test_history.py", "test_any_bytes_can_be_read",
              "test_a_file_torn_at_any_byte_keeps_every_whole_line",
              "test_a_changed_byte_anywhere_costs_at_most_its_lines")),
    _row("H10", "R", "anything that can be dragged", f"{M}::test_h10_*"),
)  # fmt: skip
